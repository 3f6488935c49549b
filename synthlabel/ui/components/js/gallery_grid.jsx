import { CircleAlert, RotateCw } from "lucide-react";
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";

import { useList } from "./gallery_data.js";
import { useSelection } from "./gallery_selection.js";
import { Tile } from "./gallery_tile.jsx";

const PHONE_PX = 640;
const RUSHING_MS = 120;
export const SIZES = { small: 150, medium: 230, large: 340 };

/** The element's inner size, `{width, height}`. */
function useBox(element) {
  const [box, setBox] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    if (!element.current) return undefined;
    const measure = () => {
      const next = { width: element.current.clientWidth, height: element.current.clientHeight };
      setBox((now) => (now.width === next.width && now.height === next.height ? now : next));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element.current);
    measure();
    return () => observer.disconnect();
  }, [element]);
  return box;
}

function useFrame(size, width, padding) {
  return useMemo(() => {
    const isPhone = width < PHONE_PX;
    return { width: Math.max(0, width - padding), height: Math.round(isPhone ? SIZES[size] * 0.7 : SIZES[size]), gap: isPhone ? 4 : 8 };
  }, [size, width, padding]);
}

const PATTERN = [
  [4, 3, 5, 4],
  [3, 5, 3, 4, 2],
  [5, 3, 4, 3],
];

/** Rows of what is on its way. */
export function Skeletons({ rows, height, gap = 8 }) {
  return (
    <div aria-busy="true" aria-label="Loading images" role="status" className="flex flex-col overflow-hidden" style={{ gap }}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex shrink-0" style={{ height, gap }}>
          {PATTERN[row % PATTERN.length].map((width, index) => (
            <div key={index} className="skeleton min-w-0 rounded-sm" style={{ flexGrow: width, flexBasis: 0 }} />
          ))}
        </div>
      ))}
    </div>
  );
}

/** A chunk that is not there: only as much of it is drawn as the window shows. */
function Missing({ chunk, top, height, from, to, frame, onRetry }) {
  const start = Math.max(top, from);
  const seen = Math.max(0, Math.min(top + height, to) - start);
  const style = { position: "absolute", top: start, left: 0, right: 0, height: seen, overflow: "hidden" };
  if (chunk.status === "failed")
    return (
      <div style={style} role="alert" className="flex flex-col items-center justify-center gap-3 rounded bg-raised text-muted">
        <span className="flex items-center gap-2">
          <CircleAlert size={16} aria-hidden /> These images could not be loaded.
        </span>
        <button type="button" onClick={onRetry} className="inline-flex h-9 items-center gap-2 rounded border border-line bg-surface px-4 font-medium text-ink hover:border-control">
          <RotateCw size={16} aria-hidden /> Try again
        </button>
      </div>
    );
  return (
    <div style={style}>
      <Skeletons rows={Math.ceil(seen / (frame.height + frame.gap))} height={frame.height} gap={frame.gap} />
    </div>
  );
}

const Day = memo(function Day({ name, top, height }) {
  return (
    <h2 style={{ position: "absolute", top, height }} className="flex items-end pb-2 text-sm font-medium text-muted">
      {name}
    </h2>
  );
});

/** Only rows near the window are in the page, and the one that holds the focus. */
function rowsOf(viewport, list, selection, height) {
  const { layout, y } = viewport;
  const rows = layout.rowsBetween(y - height, y + 2 * height);
  const index = selection.currentId ? list.indexOf(selection.currentId) : -1;
  const place = index >= 0 ? layout.placeOf(index) : null;
  if (!place?.row || rows.some((row) => row.row === place.row)) return rows;
  const pinned = { ...place.row, row: place.row, at: place.at, y: place.y };
  return pinned.y < y ? [pinned, ...rows] : [...rows, pinned];
}

function useWanted(viewport, list, height) {
  const { y, speed, layout } = viewport;
  const near = layout.rowsBetween(y - height, y + 2 * height).map((row) => row.at);
  const middle = layout.chunkAt(y + height / 2);
  const wanted = [...new Set([middle, ...near])];
  const key = `${wanted.join(" ")} ${list.revision}`;
  useEffect(() => {
    // While somebody rushes past, nothing is worth reading.
    const timer = setTimeout(() => list.want(wanted), speed > height ? RUSHING_MS : 0);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, list]);
}

/** The images in justified rows. `hands` is what a tile can ask for; `scroller` gets the element that scrolls. */
export function Grid({ list, viewport, selection, size, hands, onKeyDown, label, padding, children }) {
  const scroller = useRef(null);
  const box = useBox(scroller);
  const revision = useList(list);
  const frame = useFrame(size, box.width, padding.left + padding.right);
  useMemo(() => viewport.update(frame, box.height), [viewport, frame, box.height, revision]); // eslint-disable-line react-hooks/exhaustive-deps
  useSyncExternalStore(viewport.subscribe, viewport.snapshot);
  useSelection(selection);
  useEffect(() => viewport.attach(scroller.current), [viewport]);
  useLayoutEffect(() => viewport.drawn());
  useWanted(viewport, list, box.height);
  const rows = frame.width ? rowsOf(viewport, list, selection, box.height) : [];
  const first = rows.find((row) => row.kind === "row" && row.y + row.height > viewport.y);
  const isTabbable = selection.currentId && list.indexOf(selection.currentId) >= 0;
  const firstId = isTabbable ? null : list.chunks[first?.at]?.items?.[first.from]?.id;
  return (
    <div ref={scroller} className={`relative min-h-0 flex-[1_1_0px] overflow-x-hidden overflow-y-auto outline-none ${viewport.isLong ? "[scrollbar-width:none]" : ""}`} style={{ overflowAnchor: "none" }} tabIndex={-1}>
      <div
        role="group"
        aria-label={label}
        data-grid
        onKeyDown={onKeyDown}
        className="relative"
        style={{ height: Math.min(viewport.height, viewport.limit), marginLeft: padding.left, marginRight: padding.right }}
      >
        {rows.flatMap((row) => {
          const top = row.y - viewport.shift;
          const chunk = list.chunks[row.at];
          if (row.kind === "day") return <Day key={`day ${row.at} ${row.day}`} name={row.name} top={top} height={row.height} />;
          if (row.kind === "missing")
            return (
              <Missing
                key={`missing ${row.at}`}
                {...{ chunk, top, frame, height: row.height, from: viewport.top - box.height, to: viewport.top + 2 * box.height, onRetry: () => list.retry(chunk) }}
              />
            );
          // Tiles by themselves, not in rows: one that moves to another row keeps its picture and the focus.
          return row.cells.map((cell, at) => {
            const image = chunk.items[row.from + at];
            return image && <Tile key={image.id} {...{ image, top, selection, hands }} {...cell} height={row.height} isFirst={image.id === firstId} />;
          });
        })}
      </div>
      {children}
    </div>
  );
}

