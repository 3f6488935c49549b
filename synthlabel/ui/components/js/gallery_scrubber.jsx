import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";

import { monthName, shortDay, timeOf } from "./gallery_days.js";

const APART_PX = 22;
const MONTH_MS = 31 * 86_400_000;
const SEEN_MS = 1400;

/** The time of a place: exact where rows are laid out, in proportion between two cuts elsewhere. */
function timeAt(viewport, list, y) {
  const { layout } = viewport;
  const at = layout.chunkAt(Math.max(0, y));
  const chunk = list.chunks[at];
  if (!chunk) return Date.now();
  const row = layout.rowsOf(at)?.findLast((one) => one.kind === "row" && layout.tops[at] + one.top <= y + 1) ?? layout.rowsOf(at)?.find((one) => one.kind === "row");
  if (row && chunk.items[row.from]) return timeOf(chunk.items[row.from].id);
  const newest = chunk.upper ? timeOf(chunk.upper) : Date.now();
  const oldest = chunk.lower ? timeOf(chunk.lower) : newest;
  const share = (y - layout.tops[at]) / Math.max(1, layout.tops[at + 1] - layout.tops[at]);
  return newest + (oldest - newest) * Math.min(1, Math.max(0, share));
}

/** Where each month begins, from the newest on: `[{share, time}]`, thinned out so that labels do not meet. */
function ticksOf(viewport, list, trackHeight) {
  const { layout } = viewport;
  const ticks = [];
  let last = null;
  const add = (time, y) => {
    const date = new Date(time);
    const month = date.getFullYear() * 12 + date.getMonth();
    if (month === last) return;
    last = month;
    ticks.push({ time, share: Math.min(1, y / Math.max(1, viewport.lastY)), isYear: !ticks.length || new Date(ticks[ticks.length - 1].time).getFullYear() !== date.getFullYear() });
  };
  for (const [at, chunk] of list.chunks.entries()) {
    const rows = layout.rowsOf(at);
    if (rows) for (const row of rows) row.kind === "row" && chunk.items[row.from] && add(timeOf(chunk.items[row.from].id), layout.tops[at] + row.top);
    else if (chunk.upper) add(timeOf(chunk.upper), layout.tops[at]);
  }
  let free = -Infinity;
  for (const tick of ticks) {
    const place = tick.share * trackHeight;
    tick.isNamed = place - free >= (tick.isYear ? APART_PX * 0.8 : APART_PX);
    if (tick.isNamed) free = place;
  }
  return ticks;
}

function useHeight(element) {
  const [height, setHeight] = useState(0);
  useEffect(() => {
    if (!element.current) return undefined;
    const observer = new ResizeObserver(([entry]) => setHeight(entry.contentRect.height));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return height;
}

/** True while something moves, and a moment longer. */
function useMoving(value) {
  const [isMoving, setMoving] = useState(false);
  const first = useRef(true);
  useEffect(() => {
    if (first.current) return void (first.current = false);
    setMoving(true);
    const timer = setTimeout(() => setMoving(false), SEEN_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return isMoving;
}

const sayTime = (time, isLong) => (isLong ? monthName(time) : shortDay(time));

/**
 * The whole length of the list as time: dragged or clicked, moved by keys. At the right of the images; on a phone only a
 * thumb, while one scrolls.
 */
export function Scrubber({ list, viewport, revision }) {
  const track = useRef(null);
  const height = useHeight(track);
  useSyncExternalStore(viewport.subscribe, viewport.snapshot);
  const [hover, setHover] = useState(null);
  const [isDragging, setDragging] = useState(false);
  const isMoving = useMoving(viewport.revision);
  const isWorth = viewport.isLong;
  const ticks = useMemo(() => (isWorth && height ? ticksOf(viewport, list, height) : []), [isWorth, height, revision, viewport, list, viewport.lastY]); // eslint-disable-line react-hooks/exhaustive-deps

  const share = viewport.lastY ? Math.min(1, Math.max(0, viewport.y / viewport.lastY)) : 0;
  const now = timeAt(viewport, list, viewport.y + 1);
  const oldest = ticks.length ? ticks[ticks.length - 1].time : now;
  const isLong = ticks.length > 0 && ticks[0].time - oldest > 2 * MONTH_MS;
  const shareOf = (event) => {
    const box = track.current.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientY - box.top) / box.height));
  };
  const drag = (event) => viewport.goTo(shareOf(event) * viewport.lastY);
  const onKeyDown = (event) => {
    const by = {
      ArrowUp: -viewport.windowHeight / 2,
      ArrowDown: viewport.windowHeight / 2,
      ArrowLeft: -viewport.windowHeight / 2,
      ArrowRight: viewport.windowHeight / 2,
      PageUp: -viewport.lastY / 20,
      PageDown: viewport.lastY / 20,
      Home: -Infinity,
      End: Infinity,
    }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    viewport.goTo(viewport.y + by);
  };
  const bubbleShare = isDragging ? share : (hover ?? share);
  const bubbleTime = hover !== null && !isDragging ? timeAt(viewport, list, hover * viewport.lastY) : now;
  const isSpoken = isDragging || hover !== null;
  return (
    <div className={`pointer-events-none absolute inset-y-0 right-0 z-10 w-14 py-4 [@media(hover:none)]:py-7 ${isWorth ? "" : "invisible"}`}>
      <div
        ref={track}
        role="slider"
        tabIndex={isWorth ? 0 : -1}
        aria-label="Time of the images"
        aria-orientation="vertical"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={sayTime(now, isLong)}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
          setDragging(true);
          drag(event);
        }}
        onPointerMove={(event) => {
          if (isDragging) drag(event);
          else if (event.pointerType === "mouse") setHover(shareOf(event));
        }}
        onPointerUp={() => setDragging(false)}
        onPointerCancel={() => setDragging(false)}
        onPointerLeave={() => setHover(null)}
        className={
          "group relative h-full touch-none rounded-sm outline-offset-0 select-none [@media(hover:none)]:pointer-events-none " +
          "[@media(hover:hover)]:pointer-events-auto [@media(hover:hover)]:cursor-pointer!"
        }
      >
        {ticks.map((tick) => (
          <span
            key={tick.time}
            aria-hidden
            style={{ top: `${tick.share * 100}%` }}
            className="absolute right-1.5 hidden -translate-y-1/2 items-center gap-1.5 [@media(hover:hover)]:flex"
          >
            {tick.isNamed && (
              <span className={tick.isYear ? "font-mono text-xs text-ink" : "text-xs text-muted opacity-0 transition-opacity group-hover:opacity-100 group-focus-visible:opacity-100"}>
                {tick.isYear ? new Date(tick.time).getFullYear() : new Date(tick.time).toLocaleDateString("en-GB", { month: "short" })}
              </span>
            )}
            <span className={`h-px bg-control ${tick.isYear ? "w-3" : "w-1.5"}`} />
          </span>
        ))}
        <span aria-hidden style={{ top: `${share * 100}%` }} className="absolute right-0 hidden h-0.5 w-4 -translate-y-1/2 rounded-full bg-amber [@media(hover:hover)]:block" />
        <Thumb share={share} isShown={isMoving || isDragging} />
        {isSpoken && (
          <span
            aria-hidden
            style={{ top: `${bubbleShare * 100}%` }}
            className="pointer-events-none absolute right-10 -translate-y-1/2 rounded bg-ink px-2.5 py-1 text-sm font-medium whitespace-nowrap text-canvas shadow-float"
          >
            {sayTime(bubbleTime, isLong)}
          </span>
        )}
      </div>
    </div>
  );
}

/** For fingers: big enough to take, there while the images move. */
function Thumb({ share, isShown }) {
  return (
    <span
      aria-hidden
      style={{ top: `${share * 100}%` }}
      className={
        "absolute right-0 hidden h-12 w-9 -translate-y-1/2 place-items-center rounded-l-full border border-r-0 border-line bg-surface text-muted shadow-float transition-opacity [@media(hover:none)]:grid " +
        (isShown ? "pointer-events-auto opacity-100" : "opacity-0")
      }
    >
      <span className="flex flex-col gap-1">
        <span className="h-0.5 w-3.5 rounded-full bg-current" />
        <span className="h-0.5 w-3.5 rounded-full bg-current" />
        <span className="h-0.5 w-3.5 rounded-full bg-current" />
      </span>
    </span>
  );
}
