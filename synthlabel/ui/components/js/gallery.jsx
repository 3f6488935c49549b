import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp, CircleAlert, EyeOff, Images, RotateCw } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";

import { useImages } from "./gallery_data.js";
import { makeRows, neighbour } from "./gallery_rows.js";
import { Lightbox, useOpenImage } from "./lightbox.jsx";
import { Picture, thumbnailSet } from "./picture.jsx";
import { SegmentedControl } from "./controls.jsx";

const SIZES = { small: 150, medium: 230, large: 340 };
const SIZE_OPTIONS = [
  { value: "small", label: "S" },
  { value: "medium", label: "M" },
  { value: "large", label: "L" },
];
const AWAY_PX = 400;
const PHONE_PX = 640;

function useWidth() {
  const box = useRef(null);
  const [place, setPlace] = useState({ width: 0, top: 0 });
  useLayoutEffect(() => {
    if (!box.current) return undefined;
    const measure = () => {
      const area = box.current.getBoundingClientRect();
      const next = { width: Math.floor(area.width), top: Math.round(area.top + window.scrollY) };
      setPlace((now) => (now.width === next.width && now.top === next.top ? now : next));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(box.current);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  return [box, place];
}

function useSize() {
  const [size, setSize] = useState(() => (localStorage.getItem("gallery-size") in SIZES ? localStorage.getItem("gallery-size") : "medium"));
  const keep = (next) => (localStorage.setItem("gallery-size", next), setSize(next));
  return [size, keep];
}

function Tile({ image, width, height, left, index, isCurrent, onOpen, onFocus }) {
  return (
    <a
      href={`/gallery?image=${image.id}`}
      data-tile={index}
      data-image={image.id}
      tabIndex={isCurrent ? 0 : -1}
      onFocus={() => onFocus(image.id)}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onOpen(image.id);
      }}
      style={{ position: "absolute", left, width, height }}
      className="group block overflow-hidden rounded-sm"
    >
      <Picture
        imageId={image.id}
        thumbhash={image.thumbhash}
        src={image.thumbnail_url}
        srcset={thumbnailSet(image)}
        sizes={`${Math.ceil(width)}px`}
        alt={image.prompt.slice(0, 200)}
        width={image.width}
        height={image.height}
        style={{ width, height, aspectRatio: "auto" }}
      />
      {image.filtered && (
        <span className="absolute inset-0 grid place-items-center bg-raised/90 p-2 text-center text-xs text-muted">
          <span className="flex items-center gap-1.5">
            <EyeOff size={14} aria-hidden /> Filtered
          </span>
        </span>
      )}
      <span className="pointer-events-none absolute inset-0 rounded-sm ring-0 ring-amber ring-inset group-hover:ring-2 group-focus-visible:ring-3" />
    </a>
  );
}

function LoadingRows({ height }) {
  const rows = [
    [4, 3, 5, 4],
    [3, 5, 3, 4, 2],
    [5, 3, 4, 3],
  ];
  return (
    <div aria-busy="true" aria-label="Loading images" role="status" className="flex flex-col gap-1 pt-10 sm:gap-2">
      {rows.map((widths, row) => (
        <div key={row} className="flex gap-1 sm:gap-2" style={{ height }}>
          {widths.map((width, index) => (
            <div key={index} className="skeleton min-w-0 rounded-sm" style={{ flexGrow: width, flexBasis: 0 }} />
          ))}
        </div>
      ))}
    </div>
  );
}

function Nothing({ icon: Icon, title, text, children }) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-24 text-center">
      <Icon size={28} aria-hidden className="text-muted" />
      <h2 className="text-lg font-medium">{title}</h2>
      <p className="max-w-md text-pretty text-muted">{text}</p>
      <div className="mt-3">{children}</div>
    </div>
  );
}

const ACTION = "inline-flex h-9 items-center gap-2 rounded px-4 font-medium";

function useGridKeys({ rows, items, open, remove, goTo, isOpen }) {
  return (event) => {
    const tile = event.target.closest("[data-tile]");
    if (isOpen || event.metaKey || event.ctrlKey || event.altKey || tile === null) return;
    const current = Number(tile.dataset.tile);
    const move = (index) => goTo(Math.min(items.length - 1, Math.max(0, index)));
    const removeThis = () => {
      // The focus goes to the next image, or to the one before the last.
      move(current + 1 < items.length ? current + 1 : current - 1);
      remove(items[current]);
    };
    const act = {
      ArrowLeft: () => move(current - 1),
      ArrowRight: () => move(current + 1),
      ArrowUp: () => move(neighbour(rows, current, -1)),
      ArrowDown: () => move(neighbour(rows, current, 1)),
      Home: () => (move(0), window.scrollTo({ top: 0 })),
      End: () => move(items.length - 1),
      Enter: () => open(items[current].id),
      Delete: removeThis,
    }[event.key === "Backspace" ? "Delete" : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
}

/** Every image, newest first, in virtual rows; the address carries the one that is open. */
export function Gallery({ version, total = 0 }) {
  const [box, { width, top }] = useWidth();
  const [size, setSize] = useSize();
  const isAway = useCallback(() => window.scrollY > AWAY_PX, []);
  const { items, status, hasMore, fresh, readMore, remove, retry, showFresh } = useImages(version, isAway);
  const [openId, open, close] = useOpenImage();
  // By id: new images may push it along while it has the focus.
  const [currentId, setCurrentId] = useState(null);
  const isPhone = (width || window.innerWidth) < PHONE_PX;
  const gap = isPhone ? 4 : 8;
  const height = isPhone ? SIZES[size] * 0.7 : SIZES[size];
  const rows = useMemo(() => makeRows(items, { width, height, gap }), [items, width, height, gap]);

  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => rows[index].size,
    getItemKey: (index) => rows[index].key,
    overscan: 6,
    scrollMargin: top,
    scrollPaddingStart: 72,
    scrollPaddingEnd: 16,
  });
  useEffect(() => virtual.measure(), [rows, virtual]);
  const shown = virtual.getVirtualItems();
  const lastShown = shown.length ? shown[shown.length - 1].index : 0;
  useEffect(() => {
    if (hasMore && status === "ready" && lastShown >= rows.length - 8) readMore();
  }, [hasMore, status, lastShown, rows.length, readMore]);

  const openIndex = items.findIndex((image) => image.id === openId);
  useEffect(() => {
    if (hasMore && openIndex >= items.length - 5 && openIndex >= 0) readMore();
  }, [hasMore, openIndex, items.length, readMore]);

  const focusTile = useCallback((id) => {
    const find = (tries) => {
      const tile = box.current?.querySelector(`[data-image="${id}"]`);
      if (tile) tile.focus({ preventScroll: true });
      else if (tries) requestAnimationFrame(() => find(tries - 1));
    };
    requestAnimationFrame(() => find(10));
  }, [box]);
  const goTo = (index) => {
    if (!items[index]) return;
    setCurrentId(items[index].id);
    const row = rows.findIndex((candidate) => candidate.cells?.some((cell) => cell.index === index));
    if (row >= 0) virtual.scrollToIndex(row, { align: "auto" });
    focusTile(items[index].id);
  };
  const onKeyDown = useGridKeys({ rows, items, open, remove, goTo, isOpen: openId !== null });
  const leave = (lastId) => {
    close();
    const index = items.findIndex((image) => image.id === lastId);
    if (index >= 0) goTo(index);
  };

  const currentImage = items.find((image) => image.id === currentId) ?? items[0];
  const count = Math.max(total, items.length);
  return (
    <div className="flex flex-1 flex-col px-2 py-4 sm:px-6">
      {(items.length > 0 || status === "loading") && (
        <div className="flex items-center justify-between px-1 sm:px-0">
          <p className="text-muted">
            {count > 0 && `${count.toLocaleString("en")} ${count === 1 ? "image" : "images"}`}
          </p>
          <SegmentedControl label="Size of the images" value={size} options={SIZE_OPTIONS} onChange={setSize} />
        </div>
      )}
      {fresh > 0 && (
        <div className="sticky top-18 z-10 h-0 text-center" role="status">
          <button
            type="button"
            onClick={() => (showFresh(), window.scrollTo({ top: 0 }))}
            className={`${ACTION} enter bg-amber text-on-amber shadow-float`}
          >
            <ArrowUp size={16} aria-hidden /> {fresh} new {fresh === 1 ? "image" : "images"}
          </button>
        </div>
      )}
      <div ref={box} onKeyDown={onKeyDown} className="relative" style={{ height: rows.length ? virtual.getTotalSize() : undefined }}>
        {shown.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <div key={item.key} style={{ position: "absolute", top: item.start - top, left: 0, right: 0, height: row.size }}>
              {row.kind === "day" ? (
                <h2 className="px-1 pt-3 text-sm font-medium text-muted sm:px-0">{row.name}</h2>
              ) : (
                row.cells.map((cell) => (
                  <Tile
                    key={items[cell.index].id}
                    {...cell}
                    height={row.height}
                    image={items[cell.index]}
                    isCurrent={items[cell.index] === currentImage}
                    onOpen={open}
                    onFocus={setCurrentId}
                  />
                ))
              )}
            </div>
          );
        })}
      </div>
      <Below status={status} isEmpty={!items.length} hasMore={hasMore} height={height} retry={retry} />
      {openId && <Lightbox id={openId} items={items} total={count} onMove={open} onClose={leave} onRemove={remove} />}
    </div>
  );
}

function Below({ status, isEmpty, hasMore, height, retry }) {
  const again = (
    <button type="button" onClick={retry} className={`${ACTION} border border-line bg-raised hover:border-control`}>
      <RotateCw size={16} aria-hidden /> Try again
    </button>
  );
  if (status === "loading") return <LoadingRows height={height} />;
  if (status === "error")
    return (
      <Nothing icon={CircleAlert} title="The images could not be loaded" text="The server did not answer. Nothing is lost.">
        {again}
      </Nothing>
    );
  if (status === "more-failed")
    return <div className="flex flex-col items-center gap-3 py-8 text-muted">Older images could not be loaded.{again}</div>;
  if (isEmpty)
    return (
      <Nothing icon={Images} title="No images yet" text="What you make in the Studio is kept here: every image, with its prompt, seed and price.">
        <Link to="/" className={`${ACTION} bg-amber text-on-amber hover:bg-amber/85`}>
          Make the first one
        </Link>
      </Nothing>
    );
  return hasMore ? <div className="h-24" /> : null;
}
