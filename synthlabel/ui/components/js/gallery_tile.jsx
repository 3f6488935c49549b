import { Check, EyeOff, Heart, Users } from "lucide-react";
import { memo, useRef } from "react";

import { daysUntil } from "./gallery_days.js";
import { useTile } from "./gallery_selection.js";
import { Picture, thumbnailSet } from "./picture.jsx";

const HOLD_MS = 420;
const SLIP_PX = 10;

/** A finger that rests on a tile ticks it; one that moves scrolls. */
function useHold(onHold) {
  const state = useRef({});
  const stop = () => clearTimeout(state.current.timer);
  return {
    wasHeld: () => {
      const was = state.current.held;
      state.current.held = false;
      return was;
    },
    handlers: {
      onPointerDown: (event) => {
        stop();
        if (event.pointerType !== "touch") return;
        state.current = { x: event.clientX, y: event.clientY };
        state.current.timer = setTimeout(() => {
          state.current.held = true;
          navigator.vibrate?.(10);
          onHold();
        }, HOLD_MS);
      },
      onPointerMove: (event) => {
        const { x, y } = state.current;
        if (Math.hypot(event.clientX - x, event.clientY - y) > SLIP_PX) stop();
      },
      onPointerUp: stop,
      onPointerCancel: stop,
      onContextMenu: (event) => state.current.held && event.preventDefault(),
    },
  };
}

function Marks({ image }) {
  if (image.trashed_at || (!image.rating && !image.favorite)) return null;
  return (
    <span className="pointer-events-none absolute bottom-1.5 left-1.5 flex h-5 items-center gap-1 rounded-sm bg-surface/90 px-1.5 text-xs font-medium text-ink">
      {image.favorite && <Heart size={12} aria-hidden className="fill-amber text-amber" />}
      {image.favorite && <span className="sr-only">Favourite</span>}
      {image.rating && (
        <span className="font-mono">
          {image.rating}
          <span className="text-muted">/5</span>
        </span>
      )}
    </span>
  );
}

function Badge({ image }) {
  const label = "pointer-events-none absolute right-1.5 bottom-1.5 flex h-5 max-w-[calc(100%-12px)] items-center gap-1 truncate rounded-sm bg-surface/90 px-1.5 text-xs text-ink";
  if (image.trashed_at && image.purge_at) {
    const days = daysUntil(image.purge_at);
    return (
      <span className={label}>
        <span className="truncate">{days === 0 ? "Goes today" : `${days} ${days === 1 ? "day" : "days"} left`}</span>
      </span>
    );
  }
  if (image.is_mine !== false) return null;
  return (
    <span className={label}>
      <Users size={12} aria-hidden className="shrink-0" />
      <span className="truncate">{image.owner?.name ?? "Shared"}</span>
    </span>
  );
}

function Tick({ isTicked, isPicking, onClick }) {
  const hidden = isPicking ? "" : "opacity-0 group-hover:opacity-100 group-focus-within:opacity-100 focus-visible:opacity-100 [@media(hover:none)]:hidden";
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={isTicked}
      aria-label="Select this image"
      tabIndex={-1}
      onClick={onClick}
      className={`absolute top-0 left-0 grid size-9 place-items-center ${hidden}`}
    >
      <span className={`grid size-5 place-items-center rounded-full border-2 ${isTicked ? "border-amber bg-amber text-on-amber" : "border-surface bg-scrim text-transparent dark:border-ink"}`}>
        <Check size={13} strokeWidth={3.5} aria-hidden />
      </span>
    </button>
  );
}

/** One image of the grid. `hands` are what can be done to it, the same object for all tiles: `pick`, `open`, `hold`, … */
export const Tile = memo(function Tile({ image, top, left, width, height, isFirst, selection, hands }) {
  const { isTicked, isCurrent, isPicking } = useTile(selection, image.id);
  const hold = useHold(() => hands.hold(image));
  const onClick = (event) => {
    if (hold.wasHeld()) return event.preventDefault();
    return hands.click(event, image);
  };
  return (
    <div
      style={{ position: "absolute", top, left, width, height }}
      className={`group ${isTicked ? "is-ticked" : ""}`}
      draggable
      onDragStart={(event) => hands.drag(event, image)}
      onDragEnd={hands.drop}
    >
      <a
        href={`/gallery?image=${image.id}`}
        data-image={image.id}
        draggable={false}
        tabIndex={isCurrent || isFirst ? 0 : -1}
        onFocus={() => selection.focus(image.id)}
        onClick={onClick}
        {...hold.handlers}
        className="relative block size-full overflow-hidden rounded-sm outline-none [-webkit-touch-callout:none]"
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
          className={isTicked ? "scale-90 rounded-sm transition-transform duration-100" : "transition-transform duration-100"}
          style={{ width, height, aspectRatio: "auto" }}
        />
        {image.filtered && (
          <span className="absolute inset-0 grid place-items-center bg-raised/90 p-2 text-center text-xs text-muted">
            <span className="flex items-center gap-1.5">
              <EyeOff size={14} aria-hidden /> Filtered
            </span>
          </span>
        )}
        <Marks image={image} />
        <Badge image={image} />
        <span
          className={`pointer-events-none absolute inset-0 rounded-sm ring-amber ring-inset group-hover:ring-2 group-has-[a:focus-visible]:ring-3 ${isTicked ? "ring-2" : "ring-0"}`}
        />
      </a>
      <Tick isTicked={isTicked} isPicking={isPicking} onClick={(event) => hands.tick(event, image)} />
    </div>
  );
});
