import { Check, Search } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";

import { call, Dialog, fileAddress, PLAIN } from "./shared.js";

const PAGE = 48;
const PAUSE_MS = 250;

/** What the gallery finds for words, page by page: `{images, more, problem, isLoading}`. */
function useFound(words, isOpen) {
  const [found, setFound] = useState({ images: [], cursor: null, problem: "", isLoading: false });
  const asked = useRef(0);
  const read = useCallback(async (cursor) => {
    const number = ++asked.current;
    setFound((before) => ({ ...before, images: cursor ? before.images : [], problem: "", isLoading: true }));
    const query = new URLSearchParams({ limit: PAGE, scope: "all", ...(words.trim() && { q: words }), ...(cursor && { cursor }) });
    try {
      const page = await call("GET", `/images?${query}`);
      if (number !== asked.current) return;
      const usable = page.items.filter((image) => !image.filtered);
      setFound((before) => ({ images: cursor ? [...before.images, ...usable] : usable, cursor: page.next_cursor, problem: "", isLoading: false }));
    } catch (problem) {
      if (number === asked.current) setFound((before) => ({ ...before, problem: problem.message, isLoading: false }));
    }
  }, [words]);
  useEffect(() => {
    if (!isOpen) return undefined;
    const timer = setTimeout(() => read(null), words ? PAUSE_MS : 0);
    return () => clearTimeout(timer);
  }, [isOpen, words, read]);
  return { ...found, more: () => read(found.cursor) };
}

function Choice({ image, place, isChosen, isFull, onToggle }) {
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      aria-label={image.prompt || "An image without words"}
      title={image.prompt}
      disabled={isFull && !isChosen}
      onClick={() => onToggle(image.id)}
      className={`relative aspect-square overflow-hidden rounded bg-raised disabled:opacity-40 ${isChosen ? "outline-2 outline-offset-1 outline-amber" : ""}`}
    >
      <img src={fileAddress(image.thumbnail_url)} alt="" loading="lazy" className="size-full object-cover" />
      {isChosen && (
        <span className="absolute top-1.5 right-1.5 grid size-6 place-items-center rounded-full bg-amber font-mono text-xs font-semibold text-on-amber">
          {place > 0 ? place : <Check size={14} aria-hidden />}
        </span>
      )}
    </button>
  );
}

/** Images of the gallery to choose from, newest first. One is picked by a click; several are ticked in their order. */
export function GalleryPicker({ open, many, room, onPick, onClose }) {
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState([]);
  const { images, cursor, problem, isLoading, more } = useFound(words, open);
  useEffect(() => setChosen([]), [open]);
  const toggle = (id) => {
    if (!many) return onPick([id]);
    return setChosen((ids) => (ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id]));
  };
  return (
    <Dialog open={open} onClose={onClose} title={many ? "Choose images" : "Choose an image"} wide>
      <label className="flex items-center gap-2 rounded border border-control/60 bg-raised px-3 focus-within:outline-2 focus-within:outline-amber">
        <Search size={16} aria-hidden className="text-muted" />
        <span className="sr-only">Search in your images</span>
        <input type="search" autoFocus value={words} onChange={(event) => setWords(event.target.value)} placeholder="Words of the prompt" className="h-10 min-w-0 flex-1 bg-transparent text-lg outline-none" />
      </label>
      <div aria-busy={isLoading} className="grid min-h-40 grid-cols-[repeat(auto-fill,minmax(6.5rem,1fr))] content-start gap-2 overflow-y-auto p-1">
        {images.map((image) => (
          <Choice key={image.id} image={image} place={chosen.indexOf(image.id) + 1} isChosen={chosen.includes(image.id)} isFull={chosen.length >= room} onToggle={toggle} />
        ))}
      </div>
      <p role="status" className={problem ? "text-bad" : "text-muted"}>
        {problem || (!isLoading && !images.length && (words ? "Nothing is found for these words." : "There are no images yet. Make one first, or upload one."))}
      </p>
      <div className="flex items-center justify-between gap-3">
        {cursor && !isLoading ? (
          <button type="button" onClick={more} className={PLAIN}>
            Show older ones
          </button>
        ) : (
          <span />
        )}
        {many && (
          <button type="button" disabled={!chosen.length} onClick={() => onPick(chosen)} className="h-9 rounded bg-amber px-4 font-medium text-on-amber hover:bg-amber/85 disabled:opacity-50">
            {chosen.length > 1 ? `Use ${chosen.length} images` : "Use it"}
          </button>
        )}
      </div>
    </Dialog>
  );
}
