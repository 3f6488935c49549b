/* The keys of the gallery, as the list under "?" and the command palette show them, and how the grid reads them. */
import { isMac } from "./keys.jsx";

const listed = (press, text) => ({ press, text, action: "", focus: "" });
const key = (press, text, action) => ({ press, text, action, focus: "", outside: true });
const jump = (press, text, focus) => ({ press, text, action: "", focus, outside: true });

const MOVING = [
  jump("g", "Go to the images", '[data-image][tabindex="0"]'),
  jump("/", "Search", "[data-search]"),
  listed("arrows", "Move from image to image"),
  listed("Home", "To the newest image; End: to the oldest"),
  listed("PgDn", "A screen further; PgUp: back"),
  listed("enter", "Open the image"),
  listed("Space", "Tick the image; Shift and an arrow key tick more"),
  key("mod+a", "Tick all that was found", "all"),
  listed("esc", "No ticks"),
];
const UNDO = key("mod+z", "Undo the last change", "undo");

const JUDGING = [
  ...[1, 2, 3, 4, 5].map((stars) => key(String(stars), `Rate ${stars} of 5`, `rate:${stars}`)),
  key("0", "Clear the rating", "rate:0"),
  key(".", "Favourite, or no longer", "star"),
  key("t", "Tag", "tag"),
  key("b", "Put on a board", "board"),
  key("c", "Compare the ticked images", "compared"),
  key("l", "Copy the link", "link"),
  key("shift+d", "Download", "download"),
  key("shift+s", "Share by a link", "share"),
  key("delete", "Move to the trash", "trash"),
  UNDO,
];

const TAKING = [
  key("a", "Everything, with the same seed", "take:all"),
  key("r", "Everything, with a new seed", "take:all_but_seed"),
  key("p", "The prompt", "take:prompt"),
  key("s", "The seed", "take:seed"),
  key("d", "The size", "take:size"),
  key("v", "Variations of it", "take:variations"),
  key("e", "The image, as a source", "take:source"),
];

const TRASH = [key("r", "Restore", "restore"), key("delete", "Delete for good", "purge"), UNDO];

/** `[{title, keys}]` for a view. */
export function keysOf(view) {
  if (view === "trash") return [{ title: "Trash", keys: [...MOVING, ...TRASH] }];
  return [
    { title: "Gallery", keys: MOVING },
    { title: "The image, or what is ticked", keys: JUDGING },
    { title: "Take to the Studio", keys: TAKING },
  ];
}

/** Keys that are repeated while they are held, and those that only mean something on a tile: read where the focus is. */
export function gridKeyReader({ list, viewport, selection, actions, open, goTo }) {
  const page = (by) => (index) => {
    const place = viewport.layout.placeOf(index);
    const target = place && place.y + by * viewport.windowHeight;
    let at = index;
    for (let next = at; place; at = next) {
      next = viewport.layout.indexBeside(at, Math.sign(by));
      const there = viewport.layout.placeOf(next);
      if (next === at || (there.y - target) * Math.sign(by) > 0) break;
    }
    return at;
  };
  const moves = {
    ArrowLeft: (index) => index - 1,
    ArrowRight: (index) => index + 1,
    ArrowUp: (index) => viewport.layout.indexBeside(index, -1),
    ArrowDown: (index) => viewport.layout.indexBeside(index, 1),
    Home: () => 0,
    End: () => list.total - 1,
    PageUp: page(-0.9),
    PageDown: page(0.9),
  };
  return (event) => {
    const tile = event.target.closest("[data-image]") ?? event.target.parentElement?.querySelector("[data-image]");
    if (!tile || event.altKey || (isMac() ? event.metaKey : event.ctrlKey)) return;
    const id = tile.dataset.image;
    const index = list.indexOf(id);
    const move = moves[event.key];
    if (move) {
      const next = Math.min((list.total ?? 1) - 1, Math.max(0, move(index)));
      if (event.shiftKey) extend({ list, selection }, id, index, next);
      goTo(next);
    } else if (event.key === " ") {
      if (event.repeat) return;
      selection.toggle(list.imageAt(index));
    } else if (event.key === "Enter" && tile === event.target) open(id);
    else if (event.key === "Backspace") actions.trash();
    else return;
    event.preventDefault();
  };
}

/** Ticks reach from where Shift was first held to where the focus is; going back takes them off again. */
async function extend({ list, selection }, id, from, to) {
  const anchor = selection.anchorId && list.indexOf(selection.anchorId) >= 0 ? selection.anchorId : id;
  selection.anchorId = anchor;
  const start = list.indexOf(anchor);
  const between = (one, other) => list.imagesBetween(Math.min(one, other), Math.max(one, other));
  const [was, is] = await Promise.all([between(start, from), between(start, to)]);
  const kept = new Set(is.map((image) => image.id));
  selection.set(was.filter((image) => !kept.has(image.id)), false);
  selection.set(is, true);
}
