import * as Dialog from "@radix-ui/react-dialog";
import { ChevronLeft, ChevronRight, CircleAlert, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { fileAddress } from "./api.js";
import { PurgeDialog } from "./gallery_dialogs.jsx";
import { useList } from "./gallery_data.js";
import { number } from "./gallery_words.js";
import { useJobs } from "./image_jobs.js";
import { Facts } from "./image_facts.jsx";
import { Jobs } from "./image_tools.jsx";
import { Keys } from "./keys.jsx";
import { useKeptFocus } from "./kept_focus.js";
import { runner } from "./lightbox_actions.js";
import { Header, PhoneBar } from "./lightbox_bar.jsx";
import { actionOf, openKeys } from "./lightbox_keys.js";
import { Stage } from "./lightbox_stage.jsx";
import { useImage, useNeighbours } from "./open_image.js";
import { keepForToasts } from "./overlays.jsx";
import { ShareDialog } from "./share_dialog.jsx";

const PHONE = "(max-width: 47.99rem)";

function usePreloaded(addresses) {
  const key = addresses.map(fileAddress).join(" ");
  useEffect(() => {
    // Kept alive by the closure until the next step; decoded before it is asked for.
    const loading = key ? key.split(" ").map((address) => Object.assign(new Image(), { src: address })) : [];
    return () => loading.forEach((image) => (image.onload = null));
  }, [key]);
}

function usePanel() {
  const [isOpen, setOpen] = useState(() => localStorage.getItem("lightbox-panel") === "open");
  const set = (open) => (localStorage.setItem("lightbox-panel", open ? "open" : "closed"), setOpen(open));
  return [isOpen, set];
}

/** The picture alone, as large as the screen where the browser lets it. Leaving the one leaves the other. */
function useBare(layer) {
  const [isBare, setBare] = useState(false);
  useEffect(() => {
    const listen = () => document.fullscreenElement || setBare(false);
    document.addEventListener("fullscreenchange", listen);
    return () => document.removeEventListener("fullscreenchange", listen);
  }, []);
  const toggle = () => {
    setBare(!isBare);
    if (isBare) document.fullscreenElement && document.exitFullscreen();
    else layer.current?.requestFullscreen?.().catch(() => null);
  };
  return [isBare, toggle];
}

/** All that is known of what is open, for `runner` and for drawing it. */
function useBox(given) {
  const { id, list } = given;
  useList(list);
  const image = useImage(id, list);
  const [previous, next] = useNeighbours(id, list);
  const [panel, setPanel] = usePanel();
  const [areToolsOpen, setToolsOpen] = useState(false);
  const [asked, ask] = useState(null);
  const [layer, zoom] = [useRef(null), useRef(null)];
  const [isBare, toggleBare] = useBare(layer);
  usePreloaded([previous, next].filter(Boolean).map((other) => other.url));
  useKeptFocus(layer);
  const isThere = Boolean(image && !image.problem);
  const index = list.indexOf(id);
  const place = index >= 0 && list.total ? `${number(index + 1)} of ${number(list.total)}` : "";
  const tools = { isOpen: areToolsOpen, setOpen: setToolsOpen, isPhone: window.matchMedia(PHONE).matches };
  const openTools = () => setToolsOpen(true);
  return { ...given, image, isThere, previous, next, place, panel, setPanel, tools, openTools, asked, ask, layer, zoom, isBare, toggleBare };
}

/**
 * An image, as large as the window. `list` is where its neighbours are found, `boards` as `useBoards` gives them,
 * `ticked` are the ids of images that are chosen to be compared with it.
 */
export function Lightbox({ ticked = [], ...given }) {
  const box = useBox({ ...given, ticked });
  const { id, image, isThere, place, panel, tools, layer, isBare, toggleBare, onClose } = box;
  const run = runner(box);
  const isTrashed = Boolean(image?.trashed_at);
  const onKeyDown = (event) => {
    const name = actionOf(event, { isTrashed });
    if (!name) return;
    event.preventDefault();
    run(name);
  };
  const onEscape = (event) => {
    const isTyping = event.target.closest?.("input, textarea");
    if (!isTyping && !isBare) return;
    event.preventDefault();
    if (isTyping) layer.current.focus();
    else toggleBare();
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose(id)}>
      <Keys title="The open image" bindings={openKeys({ isTrashed })} onAction={run} />
      <Dialog.Portal>
        <Dialog.Content
          ref={layer}
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          onEscapeKeyDown={onEscape}
          onInteractOutside={keepForToasts}
          onOpenAutoFocus={(event) => (event.preventDefault(), event.currentTarget.focus())}
          onCloseAutoFocus={(event) => event.preventDefault()}
          className="fixed inset-0 z-40 flex flex-col bg-canvas text-ink outline-none"
        >
          <Dialog.Title className="sr-only">{(isThere && image.prompt.slice(0, 120)) || "Image"}</Dialog.Title>
          {!isBare && <Header {...{ place, panel, tools, run }} image={isThere ? image : null} close={<Close />} />}
          <div className="flex min-h-0 flex-1 flex-col md:flex-row">
            <div className="relative min-h-0 min-w-0 flex-1">
              <Middle box={box} run={run} />
            </div>
            <Panel box={box} />
          </div>
          {isThere && !isBare && <PhoneBar image={image} tools={tools} run={run} />}
          {isThere && <Asked box={box} run={run} />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Middle({ box, run }) {
  const { image, isThere, previous, next, zoom, isBare, navigate, onMove, compare } = box;
  if (!image) return <div role="status" aria-label="Loading the image" className="skeleton size-full" />;
  if (!isThere) return <Missing problem={image.problem} />;
  return (
    <>
      <Stage key={image.id} image={image} hands={zoom} isBare={isBare} onStep={(by) => run(`step:${by}`)} />
      {!isBare && (
        <>
          {previous && <Arrow icon={ChevronLeft} label="Previous image" keyName="←" side="left-3" onClick={() => run("step:-1")} />}
          {next && <Arrow icon={ChevronRight} label="Next image" keyName="→" side="right-3" onClick={() => run("step:1")} />}
          <Jobs image={image} onOpen={onMove} onCompare={compare} onUseWords={(job) => navigate(`/?take=words&run=${job.generation.id}`)} />
        </>
      )}
    </>
  );
}

function Panel({ box }) {
  const { id, image, isThere, panel, isBare, boards, onMove, compare } = box;
  const finished = useJobs(id).filter((job) => job.generation?.finished_at).length;
  if (!isThere || !panel || isBare) return null;
  return <Facts image={image} boards={boards} revision={finished} onOpen={onMove} onCompare={compare} />;
}

function Asked({ box, run }) {
  const { image, asked, ask } = box;
  const close = () => ask(null);
  if (asked === "share") return <ShareDialog images={[image]} onClose={close} />;
  if (asked === "purge") return <PurgeDialog target={{ count: 1 }} actions={{ purgeNow: () => run("purge") }} onClose={close} />;
  return null;
}

function Close() {
  return (
    <Dialog.Close aria-label="Close" title="Close (Esc)" className="grid size-10 shrink-0 place-items-center rounded text-ink hover:bg-raised">
      <X size={20} aria-hidden />
    </Dialog.Close>
  );
}

function Arrow({ icon: Icon, label, keyName, side, onClick }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={`${label} (${keyName})`}
      onClick={onClick}
      className={`absolute top-1/2 hidden size-11 -translate-y-1/2 place-items-center rounded-full bg-surface/90 text-ink hover:bg-raised md:grid ${side}`}
    >
      <Icon size={22} aria-hidden />
    </button>
  );
}

function Missing({ problem }) {
  return (
    <div role="alert" className="flex size-full flex-col items-center justify-center gap-2 px-6 text-center">
      <CircleAlert size={28} aria-hidden className="text-muted" />
      <p className="text-lg font-medium">{problem.status === 404 ? "There is no such image" : "The image could not be loaded"}</p>
      <p className="max-w-md text-muted">
        {problem.status === 404 ? "It may have been removed for good, or it belongs to somebody who does not share it." : problem.message}
      </p>
    </div>
  );
}
