import * as Dialog from "@radix-ui/react-dialog";
import { ChevronLeft, ChevronRight, CircleAlert, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { fileAddress } from "./api.js";
import { toast } from "./commands.js";
import { copyLink } from "./gallery_actions.js";
import { PurgeDialog } from "./gallery_dialogs.jsx";
import { useList } from "./gallery_data.js";
import { act, undoLast } from "./gallery_outbox.js";
import { useJobs } from "./image_jobs.js";
import { Facts } from "./image_facts.jsx";
import { rate, toggleFavorite } from "./image_marks.jsx";
import { Jobs } from "./image_tools.jsx";
import { Header, PhoneBar } from "./lightbox_bar.jsx";
import { actionOf } from "./lightbox_keys.js";
import { Stage } from "./lightbox_stage.jsx";
import { useImage, useNeighbours } from "./open_image.js";
import { keepForToasts } from "./overlays.jsx";
import { ShareDialog } from "./share_dialog.jsx";

const PHONE = "(max-width: 47.99rem)";

function usePreloaded(...images) {
  const key = images.filter(Boolean).map((image) => fileAddress(image.url)).join(" ");
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

/** Focus a field of the panel, once the panel is there. */
function focusIn(layer, selector) {
  requestAnimationFrame(() => layer.current?.querySelector(selector)?.focus());
}

function takeToStudio({ navigate, image }, what) {
  navigate(`/?take=${what}&image=${image.id}`);
}

/**
 * An image, as large as the window. `list` is where its neighbours are found, `boards` as `useBoards` gives them,
 * `ticked` are the ids of images that are chosen to be compared with it.
 */
export function Lightbox({ id, list, boards, ticked = [], compare, navigate, onMove, onClose }) {
  useList(list);
  const image = useImage(id, list);
  const [previous, next] = useNeighbours(id, list);
  const [panel, setPanel] = usePanel();
  const [toolsOpen, setToolsOpen] = useState(false);
  const [asked, ask] = useState(null);
  const layer = useRef(null);
  const zoom = useRef(null);
  const [isBare, toggleBare] = useBare(layer);
  const finished = useJobs(id).filter((job) => job.generation?.finished_at).length;
  usePreloaded(previous, next);
  const isThere = Boolean(image && !image.problem);
  const selection = { ids: [id] };

  const step = (by) => {
    const target = Number(by) < 0 ? previous : next;
    if (target) onMove(target.id);
  };
  const jump = async (index) => {
    const target = list.total ? await list.ensure(index) : null;
    if (target) onMove(target.id);
  };
  const goOn = (doIt) => {
    const target = next ?? previous;
    doIt();
    if (target) onMove(target.id);
    else onClose(id);
  };
  const remove = () => {
    if (image.is_mine === false) return toast("Only who made an image can delete it.", { tone: "warn" });
    return image.trashed_at ? ask("purge") : goOn(() => act({ kind: "trash", selection }));
  };
  const openCompared = () => {
    const others = ticked.filter((other) => other !== id);
    const beside = others.length ? others : [next?.id ?? previous?.id].filter(Boolean);
    if (!beside.length) return toast("There is no other image to compare it with.");
    return compare([id, ...beside].slice(0, 4));
  };
  const acts = {
    step,
    first: () => jump(0),
    last: () => jump(list.total - 1),
    panel: () => setPanel(!panel),
    zoom: () => zoom.current?.toggle(),
    larger: () => zoom.current?.by(1.5),
    smaller: () => zoom.current?.by(1 / 1.5),
    bare: toggleBare,
    tools: () => setToolsOpen(true),
    rate: (stars) => rate(image, Number(stars)),
    star: () => toggleFavorite(image),
    tag: () => (setPanel(true), focusIn(layer, "[data-tag-input]")),
    board: () => (setPanel(true), focusIn(layer, "[data-board-input]")),
    compare: openCompared,
    link: () => copyLink(id),
    download: () => layer.current?.querySelector("[data-download]")?.click(),
    share: () => (image.is_mine === false ? toast("Only who made an image can share it.", { tone: "warn" }) : ask("share")),
    take: (what) => takeToStudio({ navigate, image }, what),
    remove,
    restore: () => goOn(() => act({ kind: "restore", selection })),
    undo: undoLast,
  };
  const ALWAYS = ["step", "first", "last", "undo"];
  const run = (name) => {
    const [what, value] = name.split(":");
    if (isThere || ALWAYS.includes(what)) acts[what]?.(value);
  };
  const onKeyDown = (event) => {
    const name = actionOf(event, { isTrashed: Boolean(image?.trashed_at) });
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
  const index = list.indexOf(id);
  const place = index >= 0 && list.total ? `${(index + 1).toLocaleString("en")} of ${list.total.toLocaleString("en")}` : "";
  const tools = { isOpen: toolsOpen, setOpen: setToolsOpen, isPhone: window.matchMedia(PHONE).matches };
  const open = { onOpen: onMove, onCompare: compare };
  const useWords = (job) => navigate(`/?take=describe&image=${job.imageId}`);
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose(id)}>
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
          <Dialog.Title className="sr-only">{isThere ? image.prompt.slice(0, 120) || "Image" : "Image"}</Dialog.Title>
          {!isBare && <Header {...{ place, panel, tools, run }} image={isThere ? image : null} close={<Close />} />}
          <div className="flex min-h-0 flex-1 flex-col md:flex-row">
            <div className="relative min-h-0 min-w-0 flex-1">
              {isThere && <Stage key={image.id} image={image} hands={zoom} isBare={isBare} onStep={step} />}
              {image?.problem && <Missing problem={image.problem} />}
              {!image && <div role="status" aria-label="Loading the image" className="skeleton size-full" />}
              {!isBare && <Arrow side="left" label="Previous image" to={previous} onClick={() => step(-1)} />}
              {!isBare && <Arrow side="right" label="Next image" to={next} onClick={() => step(1)} />}
              {isThere && <Jobs image={image} {...open} onUseWords={useWords} />}
            </div>
            {isThere && panel && !isBare && <Facts image={image} boards={boards} revision={finished} {...open} />}
          </div>
          {isThere && !isBare && <PhoneBar image={image} tools={tools} run={run} />}
          {isThere && asked === "share" && <ShareDialog images={[image]} onClose={() => ask(null)} />}
          {isThere && asked === "purge" && (
            <PurgeDialog target={{ count: 1 }} actions={{ purgeNow: () => goOn(() => act({ kind: "purge", selection })) }} onClose={() => ask(null)} />
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Close() {
  return (
    <Dialog.Close aria-label="Close" title="Close (Esc)" className="grid size-10 shrink-0 place-items-center rounded text-ink hover:bg-raised">
      <X size={20} aria-hidden />
    </Dialog.Close>
  );
}

function Arrow({ side, label, to, onClick }) {
  if (!to) return null;
  const Icon = side === "left" ? ChevronLeft : ChevronRight;
  return (
    <button
      type="button"
      aria-label={label}
      title={`${label} (${side === "left" ? "←" : "→"})`}
      onClick={onClick}
      className={`absolute top-1/2 hidden size-11 -translate-y-1/2 place-items-center rounded-full bg-surface/90 text-ink hover:bg-raised md:grid ${side === "left" ? "left-3" : "right-3"}`}
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
