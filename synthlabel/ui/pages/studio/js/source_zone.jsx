import { ArrowLeft, ArrowRight, CircleAlert, ExternalLink, ImagePlus, Images, RotateCw, Upload, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";

import { GalleryPicker } from "./gallery_picker.jsx";
import { RecipeOffer, useRecipeOffer } from "./recipe_offer.jsx";
import { fileAddress, Menu, MenuItem, onCommand, QUIET } from "./shared.js";
import { useUploads } from "./uploads.js";

const ACCEPTED = "image/png,image/jpeg,image/webp";

const imagesIn = (transfer) => [...(transfer?.files ?? [])].filter((file) => file.type.startsWith("image/") || !file.type);

/** The id of one of our images whose link was dragged here. */
function imageIdIn(transfer) {
  try {
    const address = new URL(transfer.getData("text/uri-list").split("\n")[0]);
    return address.origin === window.location.origin ? address.searchParams.get("image") : null;
  } catch {
    return null;
  }
}

/** Pictures that are dropped or pasted anywhere on the page. `isOver` while one is held above it. */
function useDrops({ onFiles, onImage }) {
  const [isOver, setOver] = useState(false);
  const latest = useRef({});
  latest.current = { onFiles, onImage };
  useEffect(() => {
    let depth = 0;
    const concerns = (event) => ["Files", "text/uri-list"].some((type) => event.dataTransfer?.types.includes(type));
    const count = (by) => (event) => {
      if (!concerns(event)) return;
      depth = Math.max(0, depth + by);
      setOver(depth > 0);
    };
    const allow = (event) => concerns(event) && event.preventDefault();
    const drop = (event) => {
      if (!concerns(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      const files = imagesIn(event.dataTransfer);
      const id = imageIdIn(event.dataTransfer);
      if (id) latest.current.onImage([id]);
      else if (files.length) latest.current.onFiles(files);
    };
    const paste = (event) => {
      // Text that comes with a picture of itself, as word processors send it, is meant as text
      if (event.clipboardData?.types.includes("text/plain")) return;
      const files = imagesIn(event.clipboardData);
      if (!files.length) return;
      event.preventDefault();
      latest.current.onFiles(files);
    };
    const listeners = { dragenter: count(1), dragleave: count(-1), dragover: allow, drop, paste };
    Object.entries(listeners).forEach(([name, listener]) => window.addEventListener(name, listener));
    return () => Object.entries(listeners).forEach(([name, listener]) => window.removeEventListener(name, listener));
  }, []);
  return isOver;
}

const FRAME = "relative h-16 w-16 shrink-0 overflow-hidden rounded border bg-raised";

function Waiting({ one, onStop, onAgain, onForget }) {
  const name = one.file.name || "The picture";
  return (
    <li className="flex w-full items-center gap-2.5 rounded border border-line px-2.5 py-2 text-sm">
      {one.problem && <CircleAlert size={16} aria-hidden className="shrink-0 text-bad" />}
      <div className="min-w-0 flex-1">
        <p className="truncate">{name}</p>
        {one.problem ? (
          <p role="alert" className="text-xs text-bad">
            {one.problem}
          </p>
        ) : (
          <div role="progressbar" aria-label={`Upload of ${name}`} aria-valuenow={Math.round(one.share * 100)} aria-valuemin={0} aria-valuemax={100} className="mt-1.5 h-1 overflow-hidden rounded-full bg-line">
            <div className="h-full bg-amber transition-[width]" style={{ width: `${one.share * 100}%` }} />
          </div>
        )}
      </div>
      {one.problem && (
        <button type="button" aria-label={`Try again with ${name}`} title="Try again" onClick={() => onAgain(one)} className="grid size-8 place-items-center rounded text-muted hover:bg-raised hover:text-ink">
          <RotateCw size={14} aria-hidden />
        </button>
      )}
      <button
        type="button"
        aria-label={one.problem ? `Forget ${name}` : `Stop the upload of ${name}`}
        onClick={() => (one.problem ? onForget : onStop)(one.key)}
        className="grid size-8 place-items-center rounded text-muted hover:bg-raised hover:text-ink"
      >
        <X size={14} aria-hidden />
      </button>
    </li>
  );
}

function Source({ source, place, count, onMove, onRemove }) {
  const navigate = useNavigate();
  const name = count > 1 ? `Source ${place + 1} of ${count}` : "Source";
  const onKeyDown = (event) => {
    const by = event.shiftKey && { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) onMove(source.id, by);
    else if (event.key === "Delete" || event.key === "Backspace") onRemove(source.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <li className="group/source relative">
      <Menu label={name}>
        <button
          type="button"
          aria-label={source.note ? `${name}. ${source.note}` : name}
          title={source.note || "Shift + arrows move it, Del takes it away"}
          onKeyDown={onKeyDown}
          className={`${FRAME} block ${source.note ? "border-dashed border-control" : "border-line hover:border-control"}`}
        >
          {source.src ? (
            <img src={fileAddress(source.src)} alt="" className={`size-full object-cover ${source.note ? "opacity-40 grayscale" : ""}`} />
          ) : (
            <CircleAlert size={20} aria-hidden className="m-auto text-warn" />
          )}
          {count > 1 && <span className="absolute bottom-1 left-1 rounded-sm bg-surface/90 px-1 font-mono text-xs text-ink">{place + 1}</span>}
        </button>
        <>
          <MenuItem disabled={place === 0} onSelect={() => onMove(source.id, -1)}>
            <ArrowLeft size={16} aria-hidden /> Move it forward
          </MenuItem>
          <MenuItem disabled={place === count - 1} onSelect={() => onMove(source.id, 1)}>
            <ArrowRight size={16} aria-hidden /> Move it back
          </MenuItem>
          {source.kind === "image" && (
            <MenuItem onSelect={() => navigate(`/gallery?image=${source.id}`)}>
              <ExternalLink size={16} aria-hidden /> Open
            </MenuItem>
          )}
          <MenuItem onSelect={() => onRemove(source.id)}>
            <X size={16} aria-hidden /> Take it away
          </MenuItem>
        </>
      </Menu>
      <button
        type="button"
        tabIndex={-1}
        aria-label={`Take away: ${name}`}
        onClick={() => onRemove(source.id)}
        className="absolute -top-2 -right-2 grid size-6 place-items-center rounded-full border border-line bg-surface text-muted hover:text-ink"
      >
        <X size={12} aria-hidden />
      </button>
    </li>
  );
}

/** The images that go into the request: dropped, pasted, picked from a disk or from the gallery. */
export function SourceZone({ sources = [], takes = 0, title, model, ready, onImages, onUpload, onRemove, onMove, onRestore }) {
  const input = useRef(null);
  const [picking, setPicking] = useState(false);
  const { uploads, upload, stop, again, forget } = useUploads(onUpload);
  const [offer, look, dismiss] = useRecipeOffer(model, upload);
  const onFiles = (files) => (files.length === 1 ? look(files[0]) : files.forEach(upload));
  const isOver = useDrops({ onFiles, onImage: (ids) => onImages?.(ids) });
  useEffect(() => onCommand("pick-source", () => setPicking(true)), []);
  useEffect(() => onCommand("upload-source", () => input.current?.click()), []);

  const isEmpty = sources.length === 0 && !uploads.length && !offer;

  return (
    <div className="flex flex-col gap-2">
      <div className={`flex min-h-8 items-center justify-between gap-2 ${isEmpty ? `rounded border border-dashed py-1 pr-2.5 pl-3 ${isOver ? "border-amber bg-amber/10" : "border-control/60"}` : ""}`}>
        <h3 className="m-0 min-w-0 text-sm font-medium">
          {isEmpty ? (
            <span className="flex items-center gap-2 font-normal text-muted" title="Start from an image: drop it anywhere on the page, or paste it">
              <ImagePlus size={16} aria-hidden className="shrink-0" />
              <span className="truncate">{title}</span>
            </span>
          ) : (
            title
          )}
          {takes > 1 && sources.length > 0 && (
            <span className="ml-2 font-mono text-xs font-normal text-muted">
              {Math.min(sources.length, takes)} of {takes}
            </span>
          )}
        </h3>
        <div className="-mr-2.5 flex">
          <button type="button" disabled={!ready} onClick={() => input.current?.click()} className={QUIET}>
            <Upload size={14} aria-hidden /> Upload
          </button>
          <button type="button" disabled={!ready} onClick={() => setPicking(true)} className={QUIET}>
            <Images size={14} aria-hidden /> Gallery
          </button>
        </div>
      </div>
      <input
        ref={input}
        type="file"
        accept={ACCEPTED}
        multiple={takes !== 1}
        aria-label="Upload images"
        className="hidden"
        onChange={(event) => {
          onFiles([...event.target.files]);
          event.target.value = "";
        }}
      />
      {sources.length > 0 && (
        <ol aria-label={title} className="m-0 flex list-none flex-wrap gap-3 p-0 pt-1">
          {sources.map((source, place) => (
            <Source key={source.id} source={source} place={place} count={sources.length} onMove={onMove} onRemove={onRemove} />
          ))}
        </ol>
      )}
      {uploads.length > 0 && (
        <ul aria-label="Uploads" className="m-0 flex list-none flex-col gap-1.5 p-0">
          {uploads.map((one) => (
            <Waiting key={one.key} one={one} onStop={stop} onAgain={again} onForget={forget} />
          ))}
        </ul>
      )}
      {offer && (
        <RecipeOffer
          offer={offer}
          onDismiss={dismiss}
          onUse={() => (dismiss(), upload(offer.file))}
          onRestore={(recipe) => (dismiss(), onRestore?.(recipe))}
        />
      )}
      {isOver && (
        <div aria-hidden className="pointer-events-none fixed inset-2 z-40 grid place-items-center rounded-lg border-2 border-dashed border-amber bg-canvas/70">
          <p className="rounded-lg bg-surface px-4 py-3 text-lg font-medium text-ink shadow-float">Drop it to start from it</p>
        </div>
      )}
      <GalleryPicker open={picking} many={takes !== 1} room={Math.max(1, (takes || 10) - (takes === 1 ? 0 : sources.length))} onClose={() => setPicking(false)} onPick={(ids) => (setPicking(false), onImages?.(ids))} />
    </div>
  );
}
