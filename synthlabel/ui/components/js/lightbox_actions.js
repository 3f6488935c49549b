/* What the keys, buttons and menus of an open image do: by the names of lightbox_keys.js. */
import { flushSync } from "react-dom";

import { toast } from "./commands.js";
import { copyLink } from "./gallery_actions.js";
import { act, undoLast } from "./gallery_outbox.js";
import { rate, toggleFavorite } from "./image_marks.jsx";

const COMPARED = 4;
const ZOOM_STEP = 1.5;
const WITHOUT_IMAGE = ["step", "first", "last", "panel", "bare", "undo"];

/** Open the panel and focus a field of it, before the next key comes. */
function focusIn({ layer, setPanel }, selector) {
  flushSync(() => setPanel(true));
  layer.current?.querySelector(selector)?.focus();
}

/** Do what takes the image away, and go on with the next one. */
export function goOn({ id, next, previous, onMove, onClose }, doIt) {
  const target = next ?? previous;
  doIt();
  if (target) onMove(target.id);
  else onClose(id);
}

const selectionOf = ({ id }) => ({ ids: [id] });
const isOthers = ({ image }) => image.is_mine === false;
const refuse = (text) => toast(text, { tone: "warn" });

function step({ previous, next, onMove }, by) {
  const target = Number(by) < 0 ? previous : next;
  if (target) onMove(target.id);
}

async function jump({ list, onMove }, index) {
  const target = list.total ? await list.ensure(index) : null;
  if (target) onMove(target.id);
}

function remove(box) {
  if (isOthers(box)) return refuse("Only who made an image can delete it.");
  if (box.image.trashed_at) return box.ask("purge");
  return goOn(box, () => act({ kind: "trash", selection: selectionOf(box) }));
}

/** With what is ticked, else with the next image. */
function compare({ id, ticked, next, previous, compare: open }) {
  const others = ticked.filter((other) => other !== id);
  const beside = others.length ? others : [next?.id ?? previous?.id].filter(Boolean);
  if (!beside.length) return toast("There is no other image to compare it with.");
  return open([id, ...beside].slice(0, COMPARED));
}

const ACTS = {
  step,
  first: (box) => jump(box, 0),
  last: (box) => jump(box, box.list.total - 1),
  panel: ({ panel, setPanel }) => setPanel(!panel),
  zoom: ({ zoom }) => zoom.current?.toggle(),
  larger: ({ zoom }) => zoom.current?.by(ZOOM_STEP),
  smaller: ({ zoom }) => zoom.current?.by(1 / ZOOM_STEP),
  bare: ({ toggleBare }) => toggleBare(),
  tools: ({ openTools }) => openTools(),
  rate: ({ image }, stars) => rate(image, Number(stars)),
  star: ({ image }) => toggleFavorite(image),
  tag: (box) => focusIn(box, "[data-tag-input]"),
  board: (box) => focusIn(box, "[data-board-input]"),
  compare,
  link: ({ id }) => copyLink(id),
  download: ({ layer }) => layer.current?.querySelector("[data-download]")?.click(),
  share: (box) => (isOthers(box) ? refuse("Only who made an image can share it.") : box.ask("share")),
  take: ({ id, navigate }, what) => navigate(`/?take=${what}&image=${id}`),
  remove,
  restore: (box) => goOn(box, () => act({ kind: "restore", selection: selectionOf(box) })),
  purge: (box) => goOn(box, () => act({ kind: "purge", selection: selectionOf(box) })),
  undo: undoLast,
};

/** `run("rate:4")` for what is open: `box` is all that the lightbox knows at the moment. */
export const runner = (box) => (name) => {
  const [what, value] = name.split(":");
  if (box.isThere || WITHOUT_IMAGE.includes(what)) ACTS[what]?.(box, value);
};
