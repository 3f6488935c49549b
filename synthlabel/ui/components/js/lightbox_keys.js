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
  // The grid has these too, and lists them.
  ...[1, 2, 3, 4, 5].map((stars) => key(String(stars), "", `rate:${stars}`)),
  key("0", "", "rate:0"),
  key(".", "", "star"),
  key("t", "", "tag"),
  key("b", "", "board"),
  key("c", "", "compare"),
  key("l", "", "link"),
  key("shift+d", "", "download"),
  key("shift+s", "", "share"),
  key("mod+z", "", "undo"),
  key("+", "", "larger"),
  key("-", "", "smaller"),
  key("arrowleft", "", "step:-1"),
  key("arrowright", "", "step:1"),
  key("home", "", "first"),
  key("end", "", "last"),
  key("delete", "", "remove"),
  key("backspace", "", "remove"),
];

const TAKING = { a: "all", r: "all_but_seed", p: "prompt", s: "seed", d: "size", v: "variations", e: "source" };
const TAKES = Object.entries(TAKING).map(([press, what]) => key(press, "", `take:${what}`));
const IN_TRASH = [key("r", "", "restore")];

const listed = ({ press, text }) => ({ press, text, action: "", focus: "" });

/** For the list under "?". What an open image shares with one in the grid stands there. */
export const LIGHTBOX_KEYS = [
  listed({ press: "sides", text: "The image before, the image after; Home and End: the newest, the oldest" }),
  ...LOOKING.map(listed),
];

const isTypedInto = (target) => target.closest("input, textarea, select, [contenteditable=true]");

/** The action that a press means, or null. Nothing while somebody types, in a menu, or in a layer above. */
export function actionOf(event, { isTrashed }) {
  if (event.defaultPrevented || !event.currentTarget.contains(event.target) || isTypedInto(event.target)) return null;
  const repeats = /^Arrow|[+-]/.test(event.key);
  if (event.repeat && !repeats) return null;
  const bindings = isTrashed ? [...IN_TRASH, ...LOOKING, ...ALSO] : [...LOOKING, ...ALSO, ...TAKES];
  return bindings.find((binding) => matches(event, binding.press))?.action ?? null;
}
