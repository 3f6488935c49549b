import { Columns2, X } from "lucide-react";
import { useCallback, useEffect, useRef } from "react";
import { useNavigate } from "react-router";

import { clearMarked, MOST, toggleMarked, useAllMarked } from "./compared.js";
import { act, Keys, onCommand, PLAIN, rate, run, toast, toggleFavorite } from "./shared.js";
import { OTHERS, TAKES, TOOLS } from "./tile.jsx";

const BY = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 };
const RATES = [1, 2, 3, 4, 5, 0].map((stars) => ({ press: String(stars), action: `rate:${stars}`, text: stars ? `Rate ${stars} of 5` : "No rating" }));
const BINDINGS = [
  ...[...TAKES, ...TOOLS, ...OTHERS].filter((entry) => entry.press).map(({ press, action, text }) => ({ press, action, text })),
  ...RATES,
  { press: "arrows", text: "The image before, the image after" },
  { press: "enter", text: "Open it" },
];

const tileOf = (id) => document.querySelector(`[data-image="${CSS.escape(id)}"]`);

function neighbour(tile, by) {
  const tiles = [...document.querySelectorAll("[data-image]")];
  return tiles[tiles.indexOf(tile) + by]?.querySelector("a");
}

/** The tile that keys mean: the one with the focus; or the one that had it when a layer such as the palette was opened. */
function useCurrentTile() {
  const left = useRef(null);
  useEffect(() => {
    const leave = (event) => {
      const tile = event.target.closest?.("[data-image]");
      if (tile) left.current = event.relatedTarget?.closest('[role="dialog"], [role="menu"]') ? tile.dataset.image : null;
    };
    document.addEventListener("focusout", leave);
    return () => document.removeEventListener("focusout", leave);
  }, []);
  return useCallback(() => {
    const focused = document.activeElement?.closest("[data-image]")?.dataset.image;
    const isBetween = !document.activeElement || document.activeElement === document.body || document.activeElement.closest('[role="dialog"]');
    return focused ?? (isBetween ? left.current : null);
  }, []);
}

async function copyLink(id) {
  const address = `${window.location.origin}/gallery?image=${id}`;
  await navigator.clipboard.writeText(address).then(
    () => toast("Link copied."),
    () => toast(address), // no clipboard without https: to be copied by hand
  );
}

function useActions(onTake) {
  const navigate = useNavigate();
  const latest = useRef(onTake);
  latest.current = onTake;
  return useCallback(
    (action, id, price) => {
      const [what, value] = action.split(":");
      const tile = tileOf(id);
      const actions = {
        take: () => latest.current?.(value, id),
        tool: () => run("tool", { task: value, imageId: id, price, byKey: true }),
        rate: () => rate({ id }, Number(value)),
        favorite: () => toggleFavorite({ id, favorite: Boolean(tile?.dataset.favorite) }),
        compare: () => toggleMarked(id),
        info: () => (localStorage.setItem("lightbox-panel", "open"), navigate(`/gallery?image=${id}`)),
        download: () => window.open(tile?.dataset.file, "_self"),
        link: () => copyLink(id),
        trash: () => {
          (neighbour(tile, 1) ?? neighbour(tile, -1))?.focus();
          act({ kind: "trash", selection: { ids: [id] } });
        },
      };
      actions[what]?.();
    },
    [navigate],
  );
}

function CompareBar() {
  const marked = useAllMarked();
  const navigate = useNavigate();
  if (!marked.length) return null;
  const compare = () => {
    navigate(`/gallery?compare=${marked.join(",")}`);
    clearMarked();
  };
  return (
    <div role="region" aria-label="Comparison" className="enter sticky bottom-[calc(var(--bottom-bar)+12px)] z-10 mx-auto flex w-fit items-center gap-3 rounded-lg border border-line bg-surface py-2 pr-2 pl-4 shadow-float lg:bottom-4">
      <p role="status" className="m-0 text-sm">
        {marked.length === 1 ? `Mark up to ${MOST - 1} more to compare` : `${marked.length} to compare`}
      </p>
      <button type="button" disabled={marked.length < 2} onClick={compare} className={PLAIN}>
        <Columns2 size={14} aria-hidden /> Compare
      </button>
      <button type="button" aria-label="Compare none" onClick={clearMarked} className="grid size-8 place-items-center rounded text-muted hover:bg-raised hover:text-ink">
        <X size={14} aria-hidden />
      </button>
    </div>
  );
}

/** Around the tiles: what their menus and the keys mean. Arrows go from image to image. */
export function TileKeys({ children, className, onTake }) {
  const currentTile = useCurrentTile();
  const perform = useActions(onTake);
  useEffect(() => onCommand("tile", ({ action, id, price }) => perform(action, id, price)), [perform]);
  const onAction = (action) => {
    const id = currentTile();
    if (id) perform(action, id);
    else toast("This key is for an image: go to one with Tab first.");
  };
  const onKeyDown = (event) => {
    const tile = event.target.closest("[data-image]");
    if (!tile || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const next = BY[event.key] && neighbour(tile, BY[event.key]);
    if (next) next.focus();
    else if (event.key === "Backspace" && !event.repeat) perform("trash", tile.dataset.image);
    else return;
    event.preventDefault();
  };
  return (
    <div className={className} onKeyDown={onKeyDown}>
      {children}
      <CompareBar />
      <Keys title="Focused image" bindings={BINDINGS} onAction={onAction} />
    </div>
  );
}
