import * as Dialog from "@radix-ui/react-dialog";
import { ChevronLeft, ChevronRight, CircleAlert, Download, Info, Trash2, X } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";

import { call, fileAddress } from "./api.js";
import { Facts } from "./image_facts.jsx";
import { isMac } from "./keys.jsx";
import { keepForToasts } from "./overlays.jsx";
import { placeholder, useFreshImage } from "./picture.jsx";

const SETTLE_MS = 250;
const SWIPE_PX = 48;

/**
 * The open image's id, mirrored in the address (`?image=`): `[id, open, close]`.
 *
 * Opening adds a step to the history, moving to a neighbour replaces it, so Back closes the lightbox. The address
 * follows once the keys rest: a page load is announced to the server at each change of it.
 */
export function useOpenImage() {
  const [search, setSearch] = useSearchParams();
  const navigate = useNavigate();
  const inAddress = search.get("image");
  const [openId, setOpenId] = useState(inAddress);
  const openedHere = useRef(false);
  const timer = useRef(null);
  useEffect(() => {
    clearTimeout(timer.current);
    setOpenId(inAddress);
  }, [inAddress]);
  const open = useCallback(
    (id) => {
      clearTimeout(timer.current);
      setOpenId((now) => {
        if (now === null) {
          openedHere.current = true;
          queueMicrotask(() => setSearch({ image: id }, { preventScrollReset: true }));
        } else {
          timer.current = setTimeout(() => setSearch({ image: id }, { replace: true, preventScrollReset: true }), SETTLE_MS);
        }
        return id;
      });
    },
    [setSearch],
  );
  const close = useCallback(() => {
    clearTimeout(timer.current);
    setOpenId(null);
    if (openedHere.current) navigate(-1);
    else setSearch({}, { replace: true, preventScrollReset: true });
    openedHere.current = false;
  }, [navigate, setSearch]);
  return [openId, open, close];
}

/** The image from the list, or from the server when the list does not hold it (yet). */
function useImage(id, items) {
  const listed = items.find((image) => image.id === id);
  const [fetched, setFetched] = useState(null);
  useEffect(() => {
    if (listed) return undefined;
    let isCurrent = true;
    call("GET", `/images/${encodeURIComponent(id)}`).then(
      (image) => isCurrent && setFetched(image),
      (problem) => isCurrent && setFetched({ id, problem }),
    );
    return () => (isCurrent = false);
  }, [id, listed]);
  return listed ?? (fetched?.id === id ? fetched : null);
}

function usePreloaded(...images) {
  const addresses = images.filter(Boolean).map((image) => fileAddress(image.url));
  const key = addresses.join(" ");
  useEffect(() => {
    // Kept alive by the closure until the next step; decoded before it is asked for.
    const loading = key ? key.split(" ").map((address) => Object.assign(new Image(), { src: address })) : [];
    return () => loading.forEach((image) => (image.onload = null));
  }, [key]);
}

/** Thumbhash below, then the thumbnail, then the full picture: each covers the one before in the same box. */
function Stage({ image, zoomed, onZoom }) {
  const [loaded, setLoaded] = useState(null);
  const [fresh, askAgain] = useFreshImage(image.id, image.url);
  const thumbnails = Object.values(image.thumbnails);
  const fit = {
    aspectRatio: `${image.width} / ${image.height}`,
    width: `min(100%, calc((100cqh) * ${image.width / image.height}), ${image.width * 2}px)`,
  };
  const exact = { width: image.width, height: image.height, maxWidth: "none" };
  return (
    <div className={`@container-size flex size-full sm:p-4 ${zoomed ? "overflow-auto" : "items-center justify-center overflow-hidden"}`}>
      <button
        type="button"
        aria-label={zoomed ? "Fit to the window" : "Show at full size"}
        onClick={onZoom}
        style={{
          ...(zoomed ? exact : fit),
          backgroundImage: `url(${fileAddress(thumbnails[thumbnails.length - 1])}), url(${placeholder(image.thumbhash) ?? ""})`,
          backgroundSize: "100% 100%",
        }}
        className={`relative m-auto block shrink-0 ${zoomed ? "cursor-zoom-out!" : "cursor-zoom-in!"}`}
      >
        <img
          key={`${image.id} ${fresh ? "fresh" : "first"}`}
          src={fileAddress(fresh?.url ?? image.url)}
          alt={image.prompt}
          width={image.width}
          height={image.height}
          draggable={false}
          onLoad={() => setLoaded(image.id)}
          onError={askAgain}
          className={`block size-full transition-opacity duration-150 ${loaded === image.id ? "opacity-100" : "opacity-0"}`}
        />
      </button>
    </div>
  );
}

function useSwipe(step) {
  const start = useRef(null);
  return {
    onTouchStart: (event) => (start.current = event.touches.length === 1 ? event.touches[0] : null),
    onTouchEnd: (event) => {
      if (!start.current) return;
      const moved = event.changedTouches[0].clientX - start.current.clientX;
      const drifted = Math.abs(event.changedTouches[0].clientY - start.current.clientY);
      if (Math.abs(moved) > SWIPE_PX && drifted < Math.abs(moved)) step(moved < 0 ? 1 : -1);
    },
  };
}

const ROUND = "grid size-10 place-items-center rounded-full text-ink hover:bg-raised disabled:opacity-30";

export function Lightbox({ id, items, total, onMove, onClose, onRemove }) {
  const image = useImage(id, items);
  const index = items.findIndex((other) => other.id === id);
  const [previous, next] = index < 0 ? [] : [items[index - 1], items[index + 1]];
  const [panel, setPanel] = useState(() => localStorage.getItem("lightbox-panel") === "open");
  const [zoomed, setZoomed] = useState(false);
  usePreloaded(previous, next);
  useEffect(() => setZoomed(false), [id]);

  const step = (by) => {
    const target = by < 0 ? previous : next;
    if (target) onMove(target.id);
  };
  const swipe = useSwipe(step);
  const toggle = () => {
    localStorage.setItem("lightbox-panel", panel ? "closed" : "open");
    setPanel(!panel);
  };
  const remove = () => {
    const target = next ?? previous;
    onRemove(image);
    if (target) onMove(target.id);
    else onClose(id);
  };
  const isThere = image && !image.problem;
  const onKeyDown = (event) => {
    if ((isMac() ? event.metaKey : event.ctrlKey) || event.altKey) return;
    const act = {
      ArrowLeft: () => step(-1),
      ArrowRight: () => step(1),
      Home: () => items.length && onMove(items[0].id),
      End: () => items.length && onMove(items[items.length - 1].id),
      i: toggle,
      z: () => setZoomed(!zoomed),
      Delete: () => isThere && remove(),
      Backspace: () => isThere && remove(),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose(id)}>
      <Dialog.Portal>
        <Dialog.Content
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          onInteractOutside={keepForToasts}
          onOpenAutoFocus={(event) => (event.preventDefault(), event.currentTarget.focus())}
          onCloseAutoFocus={(event) => event.preventDefault()}
          className="fixed inset-0 z-40 flex flex-col bg-canvas text-ink outline-none"
        >
          <Dialog.Title className="sr-only">{isThere ? image.prompt.slice(0, 120) : "Image"}</Dialog.Title>
          <header className="flex h-14 shrink-0 items-center justify-between gap-2 border-b border-line px-2 sm:px-4">
            <span className="px-2 font-mono text-sm text-muted">
              {index >= 0 && `${(index + 1).toLocaleString("en")} of ${total.toLocaleString("en")}`}
            </span>
            <div className="flex items-center gap-1">
              {isThere && (
                <>
                  <a href={fileAddress(image.download_url)} download aria-label="Download" title="Download" className={ROUND}>
                    <Download size={20} aria-hidden />
                  </a>
                  <button type="button" onClick={remove} aria-label="Move to the trash" title="Move to the trash (Delete)" className={ROUND}>
                    <Trash2 size={20} aria-hidden />
                  </button>
                  <button type="button" onClick={toggle} aria-pressed={panel} aria-label="Information" title="Information (I)" className={`${ROUND} aria-pressed:text-amber`}>
                    <Info size={20} aria-hidden />
                  </button>
                </>
              )}
              <Dialog.Close aria-label="Close" title="Close (Esc)" className={ROUND}>
                <X size={20} aria-hidden />
              </Dialog.Close>
            </div>
          </header>
          <div className="flex min-h-0 flex-1 flex-col md:flex-row">
            <div className="relative min-h-0 min-w-0 flex-1" {...(zoomed ? {} : swipe)}>
              {isThere && <Stage image={image} zoomed={zoomed} onZoom={() => setZoomed(!zoomed)} />}
              {image?.problem && <Missing problem={image.problem} />}
              {!image && <div role="status" aria-label="Loading the image" className="skeleton size-full" />}
              <Arrow side="left" label="Previous image" to={previous} onClick={() => step(-1)} />
              <Arrow side="right" label="Next image" to={next} onClick={() => step(1)} />
            </div>
            {isThere && panel && <Facts image={image} />}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Arrow({ side, label, to, onClick }) {
  if (!to) return null;
  const Icon = side === "left" ? ChevronLeft : ChevronRight;
  return (
    <button
      type="button"
      aria-label={label}
      onClick={onClick}
      className={`absolute top-1/2 hidden size-12 -translate-y-1/2 place-items-center rounded-full bg-surface/90 text-ink hover:bg-raised sm:grid ${side === "left" ? "left-3" : "right-3"}`}
    >
      <Icon size={24} aria-hidden />
    </button>
  );
}

function Missing({ problem }) {
  return (
    <div role="alert" className="flex size-full flex-col items-center justify-center gap-2 px-6 text-center">
      <CircleAlert size={28} aria-hidden className="text-muted" />
      <p className="text-lg font-medium">{problem.status === 404 ? "There is no such image" : "The image could not be loaded"}</p>
      <p className="max-w-md text-muted">
        {problem.status === 404 ? "It may have been removed for good, or the address is not complete." : problem.message}
      </p>
    </div>
  );
}
