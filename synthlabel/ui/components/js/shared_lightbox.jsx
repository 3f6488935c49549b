import * as Dialog from "@radix-ui/react-dialog";
import { ChevronLeft, ChevronRight, Download, Info, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { fileAddress } from "./api.js";
import { useKeptFocus } from "./kept_focus.js";
import { matches } from "./keys.jsx";
import { placeholder } from "./picture.jsx";
import { CopyText } from "./small.jsx";
import { Zoom, ZoomBar } from "./zoom.jsx";

const BUTTON = "grid size-10 shrink-0 place-items-center rounded text-ink hover:bg-raised aria-pressed:text-amber";

function Picture({ image, hands, onStep }) {
  const [isLoaded, setLoaded] = useState(false);
  const below = `url(${fileAddress(image.thumbnail_url)}), url(${placeholder(image.thumbhash) ?? ""})`;
  return (
    <Zoom width={image.width} height={image.height} hands={hands} padding={12} onSwipe={onStep} aside={<ZoomBar className="absolute right-3 bottom-3 z-10 max-md:hidden" />}>
      <span className="block size-full" style={isLoaded ? undefined : { backgroundImage: below, backgroundSize: "100% 100%" }}>
        <img
          src={fileAddress(image.url)}
          alt={image.prompt ?? `Image ${image.position + 1}`}
          width={image.width}
          height={image.height}
          draggable={false}
          onLoad={() => setLoaded(true)}
          className={`pointer-events-auto! block size-full select-none ${isLoaded ? "" : "opacity-0"}`}
        />
      </span>
    </Zoom>
  );
}

function Recipe({ image }) {
  return (
    <aside aria-label="How it was made" tabIndex={0} className="flex max-h-[40dvh] shrink-0 flex-col gap-5 overflow-y-auto border-t border-line bg-surface p-5 outline-offset-[-2px] md:max-h-none md:w-80 md:border-t-0 md:border-l">
      {[
        ["Prompt", image.prompt],
        ["Negative prompt", image.negative_prompt],
      ].map(
        ([name, text]) =>
          text && (
            <section key={name} className="flex flex-col gap-1.5">
              <div className="flex items-center justify-between">
                <h2 className="text-sm font-medium">{name}</h2>
                <CopyText value={text} text="Copy" label={`Copy the ${name.toLowerCase()}`} className="text-sm text-muted" />
              </div>
              <p className="break-words whitespace-pre-wrap">{text}</p>
            </section>
          ),
      )}
      <dl className="flex flex-col gap-2.5">
        {[
          ["Model", image.model_name],
          ["Seed", image.seed],
          ["Size", `${image.width} × ${image.height}`],
        ].map(([name, value]) => (
          <div key={name} className="flex justify-between gap-4">
            <dt className="text-muted">{name}</dt>
            <dd className={name === "Model" ? "" : "font-mono"}>{value}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}

/** One image of a link, as large as the window. */
export function SharedLightbox({ images, position, onMove, onClose }) {
  const at = images.findIndex((image) => image.position === position);
  const image = images[at];
  const [panel, setPanel] = useState(false);
  const zoom = useRef(null);
  const layer = useRef(null);
  useKeptFocus(layer);
  const hasRecipe = image.prompt !== undefined;
  const step = (by) => images[at + by] && onMove(images[at + by].position);
  const near = [images[at - 1], images[at + 1]].filter(Boolean).map((other) => fileAddress(other.url)).join(" ");
  useEffect(() => {
    const loading = near ? near.split(" ").map((address) => Object.assign(new Image(), { src: address })) : [];
    return () => loading.forEach((other) => (other.onload = null));
  }, [near]);
  const keys = {
    arrowleft: () => step(-1),
    arrowright: () => step(1),
    home: () => onMove(images[0].position),
    end: () => onMove(images[images.length - 1].position),
    z: () => zoom.current?.toggle(),
    "+": () => zoom.current?.by(1.5),
    "-": () => zoom.current?.by(1 / 1.5),
    i: () => hasRecipe && setPanel(!panel),
  };
  const onKeyDown = (event) => {
    const press = Object.keys(keys).find((name) => matches(event, name));
    if (!press) return;
    event.preventDefault();
    keys[press]();
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Content
          ref={layer}
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          onOpenAutoFocus={(event) => (event.preventDefault(), event.currentTarget.focus())}
          className="fixed inset-0 z-40 flex flex-col bg-canvas text-ink outline-none"
        >
          <header className="flex h-14 shrink-0 items-center gap-1 px-2 sm:px-3">
            <Dialog.Title className="flex-1 px-2 text-sm font-normal text-muted">
              <span className="sr-only">Image </span>
              <span className="font-mono">{`${at + 1} of ${images.length}`}</span>
            </Dialog.Title>
            {hasRecipe && (
              <button type="button" aria-label="How it was made" title="How it was made (I)" aria-pressed={panel} onClick={() => setPanel(!panel)} className={BUTTON}>
                <Info size={18} aria-hidden />
              </button>
            )}
            <a href={fileAddress(image.download_url)} download aria-label="Download" title="Download" className={BUTTON}>
              <Download size={18} aria-hidden />
            </a>
            <Dialog.Close aria-label="Close" title="Close (Esc)" className={BUTTON}>
              <X size={20} aria-hidden />
            </Dialog.Close>
          </header>
          <div className="flex min-h-0 flex-1 flex-col md:flex-row">
            <div className="relative min-h-0 min-w-0 flex-1">
              <Picture key={image.position} image={image} hands={zoom} onStep={step} />
              {[
                [-1, ChevronLeft, "Previous image", "left-3"],
                [1, ChevronRight, "Next image", "right-3"],
              ].map(
                ([by, Icon, label, side]) =>
                  images[at + by] && (
                    <button key={by} type="button" aria-label={label} onClick={() => step(by)} className={`absolute top-1/2 hidden size-11 -translate-y-1/2 place-items-center rounded-full bg-surface/90 text-ink hover:bg-raised md:grid ${side}`}>
                      <Icon size={22} aria-hidden />
                    </button>
                  ),
              )}
            </div>
            {panel && hasRecipe && <Recipe image={image} />}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
