/* The keys of an open image: how they are read, and how the list under "?" shows them. */
import { matches } from "./keys.jsx";

const key = (press, text, action) => ({ press, text, action });

const LOOKING = [
  key("i", "What is known of it", "panel"),
  key("z", "Full size, or fit to the window", "zoom"),
  key("f", "The picture alone", "bare"),
  key("u", "Tools: upscale, background, describe", "tools"),
];

const ALSO = [
  ...[1, 2, 3, 4, 5].map((stars) => key(String(stars), `Rate ${stars} of 5`, `rate:${stars}`)),
  key("0", "No rating", "rate:0"),
  key(".", "Favourite, or no longer", "star"),
  key("t", "Tag", "tag"),
  key("b", "Put on a board", "board"),
  key("c", "Compare", "compare"),
  key("l", "Copy the link", "link"),
  key("shift+d", "Download", "download"),
  key("shift+s", "Share", "share"),
  key("mod+z", "Undo", "undo"),
  key("+", "Larger", "larger"),
  key("-", "Smaller", "smaller"),
  key("arrowleft", "The image before", "step:-1"),
  key("arrowright", "The image after", "step:1"),
  key("home", "The newest image", "first"),
  key("end", "The oldest image", "last"),
  key("delete", "Delete", "remove"),
  key("backspace", "", "remove"),
];

const TAKEN = {
  all: "Use in the Studio: everything",
  all_but_seed: "Use in the Studio: everything, with a new seed",
  prompt: "Use in the Studio: the prompt",
  seed: "Use in the Studio: the seed",
  size: "Use in the Studio: the size",
  variations: "Use in the Studio: for variations",
  source: "Use in the Studio: as the source",
};
const TAKING = { a: "all", r: "all_but_seed", p: "prompt", s: "seed", d: "size", v: "variations", e: "source" };
const TAKES = Object.entries(TAKING).map(([press, what]) => key(press, TAKEN[what], `take:${what}`));
const IN_TRASH = [key("r", "Restore", "restore")];

const listed = ({ press, text }) => ({ press, text, action: "", focus: "" });

/** For the list under "?". What an open image shares with one in the grid stands there. */
export const LIGHTBOX_KEYS = [
  listed({ press: "sides", text: "The image before, the image after; Home and End: the newest, the oldest" }),
  ...LOOKING.map(listed),
];

const bindingsOf = ({ isTrashed }) => (isTrashed ? [...IN_TRASH, ...LOOKING, ...ALSO] : [...LOOKING, ...ALSO, ...TAKES]);

/** For the palette, while an image is open. */
export const openKeys = (image) => bindingsOf(image).filter(({ text }) => text);

const isTypedInto = (target) => target.closest("input, textarea, select, [contenteditable=true]");

/** The action that a press means, or null. Nothing while somebody types, in a menu, or in a layer above. */
export function actionOf(event, { isTrashed }) {
  if (event.defaultPrevented || !event.currentTarget.contains(event.target) || isTypedInto(event.target)) return null;
  const repeats = /^Arrow|[+-]/.test(event.key);
  if (event.repeat && !repeats) return null;
  return bindingsOf({ isTrashed }).find((binding) => matches(event, binding.press))?.action ?? null;
}
