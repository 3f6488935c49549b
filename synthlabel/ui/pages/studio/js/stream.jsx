import { useEffect, useLayoutEffect, useRef, useState } from "react";

const PARTS = { a: "all", r: "all_but_seed", p: "prompt", s: "seed", d: "size" };
const BY = { ArrowLeft: -1, ArrowRight: 1 };

function neighbour(tile, by) {
  const tiles = [...document.querySelectorAll("[data-image]")];
  return tiles[tiles.indexOf(tile) + by]?.querySelector("a");
}

/** Around the tiles: a letter takes a part of the focused image's recipe, arrows go to the next image. */
export function TileKeys({ children, className, onTake }) {
  const onKeyDown = (event) => {
    const tile = event.target.closest("[data-image]");
    if (!tile || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat) return;
    const part = PARTS[event.key.toLowerCase()];
    const next = BY[event.key] && neighbour(tile, BY[event.key]);
    if (part) onTake?.(part, tile.dataset.image);
    else if (next) next.focus();
    else return;
    event.preventDefault();
  };
  return (
    <div className={className} onKeyDown={onKeyDown}>
      {children}
    </div>
  );
}

/** Two lines of a text, and the rest on request. */
export function Clamped({ text = "", className = "" }) {
  const box = useRef(null);
  const [open, setOpen] = useState(false);
  const [overflows, setOverflows] = useState(false);
  useLayoutEffect(() => {
    const measure = () => setOverflows((before) => (open ? before : box.current.scrollHeight > box.current.clientHeight + 1));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [text, open]);
  return (
    <div className={className}>
      <p ref={box} className={`m-0 whitespace-pre-wrap break-words ${open ? "" : "line-clamp-2"}`}>
        {text}
      </p>
      {overflows && (
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="mt-0.5 min-h-6 text-sm text-muted underline underline-offset-2 hover:text-ink"
        >
          {open ? "less" : "more"}
        </button>
      )}
    </div>
  );
}

/** A button for the next page that presses itself when it comes into view. */
export function NextPage({ label, busy, onNext }) {
  const button = useRef(null);
  const latest = useRef({});
  latest.current = { busy, onNext };
  useEffect(() => {
    const observer = new IntersectionObserver(
      ([entry]) => entry.isIntersecting && !latest.current.busy && latest.current.onNext?.(),
      { rootMargin: "600px" },
    );
    observer.observe(button.current);
    return () => observer.disconnect();
  }, []);
  return (
    <button
      ref={button}
      type="button"
      disabled={busy}
      onClick={() => onNext?.()}
      className="mx-auto block h-9 rounded border border-line px-4 text-muted hover:text-ink disabled:opacity-60"
    >
      {busy ? "Loading…" : label}
    </button>
  );
}
