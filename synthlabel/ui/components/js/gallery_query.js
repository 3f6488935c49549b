/*
 * What is looked for: a view (of the rail) and a search text, both in the address (`?view=…&q=…`), and what they mean
 * to the API. The text holds words, "phrases" and chips such as `model:flux-schnell rating>=4 is:favorite`.
 */

/** The views of the rail; a board is `board:<id>`. */
export const VIEWS = {
  all: { name: "All", filter: { scope: "all" } },
  mine: { name: "Mine", filter: {} },
  shared: { name: "Shared with me", filter: { scope: "shared" } },
  favorites: { name: "Favourites", filter: { scope: "all", favorite: true } },
  unrated: { name: "Unrated", filter: { unrated: true } },
  trash: { name: "Trash", filter: { trashed: true } },
};
export const DEFAULT_VIEW = "mine";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i;
const midnight = (day, shift = 0) => {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(year, month - 1, date + shift).toISOString();
};

const MAX_SEED = BigInt("9223372036854775807");

/** Each key: what it is called, an example, whether a value is one, and the parameters that it means. */
export const KEYS = {
  model: { hint: "made with a model", example: "flux-schnell", accepts: (value) => value.length <= 200, means: (value) => ({ model: [value] }) },
  tag: { hint: "with a tag", example: "keep", accepts: Boolean, means: (value) => ({ tag: [value.toLowerCase()] }) },
  board: { hint: "on a board", example: "Posters", accepts: Boolean, means: (value, { boards }) => ({ board: boardId(value, boards) }) },
  by: { hint: "made by somebody", example: "ada", accepts: Boolean, means: (value) => ({ by: value, scope: "all" }) },
  seed: { hint: "made with a seed", example: "42", accepts: (value) => /^\d{1,19}$/.test(value) && BigInt(value) <= MAX_SEED, means: (value) => ({ seed: value }) },
  size: {
    hint: "of a size in pixels",
    example: "1024x768",
    accepts: (value) => /^\d{1,5}[x×]\d{1,5}$/i.test(value),
    means: (value) => {
      const [width, height] = value.split(/[x×]/i);
      return { width, height };
    },
  },
  before: { hint: "made before a day", example: "2026-03-31", accepts: isDay, means: (value) => ({ created_before: midnight(value) }) },
  after: { hint: "made after a day", example: "2026-03-01", accepts: isDay, means: (value) => ({ created_after: midnight(value, 1) }) },
  rating: { hint: "that you gave stars", example: "4", accepts: (value) => /^[1-5]$/.test(value), means: (value) => ({ rating: value }) },
  is: {
    hint: "",
    example: "favorite",
    accepts: (value) => ["favorite", "favourite", "unrated"].includes(value.toLowerCase()),
    means: (value) => (value.toLowerCase() === "unrated" ? { unrated: true } : { favorite: true }),
  },
};

function isDay(value) {
  return DAY.test(value) && !Number.isNaN(Date.parse(value));
}

const boardId = (value, boards) =>
  UUID.test(value) ? value : (boards.find((board) => board.name.toLowerCase() === value.toLowerCase())?.id ?? NO_BOARD);
/** A name that no board has must find nothing, not everything. */
const NO_BOARD = "00000000-0000-7000-8000-000000000000";

// --- text ↔ chips -----------------------------------------------------------------------------------------------------

const TOKEN = /([a-z]+)(:|>=)("[^"]*"|\S*)|"[^"]*"?|\S+/gi;
const unquoted = (text) => text.replace(/^"|"$/g, "");
const quoted = (text) => (/[\s"]/.test(text) ? `"${text.replaceAll('"', "")}"` : text);

/** One token as a chip `{key, op, value}`, or null if it is only words. */
export function chipOf(token) {
  const [, name, op, raw] = /^([a-z]+)(:|>=)(.*)$/i.exec(token) ?? [];
  const key = name?.toLowerCase();
  if (!key || !Object.hasOwn(KEYS, key) || (op === ">=" && key !== "rating")) return null;
  const value = unquoted(raw).trim();
  return value && KEYS[key].accepts(value) ? { key, op, value } : null;
}

export const chipText = ({ key, op, value }) => `${key}${op}${quoted(value)}`;

/** `{chips, words}` of a search text: chips in their order, each once, and all the rest as one text. */
export function parse(text) {
  const chips = new Map();
  const words = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const chip = chipOf(token);
    if (chip) chips.set(chipText(chip), chip);
    else words.push(token);
  }
  return { chips: [...chips.values()], words: words.join(" ") };
}

export const textOf = ({ chips, words }) => [...chips.map(chipText), words.trim()].filter(Boolean).join(" ");

// --- to the API -------------------------------------------------------------------------------------------------------

function merged(one, other) {
  const both = { ...one, ...other };
  for (const name of ["model", "tag"]) if (one[name] && other[name]) both[name] = [...one[name], ...other[name]];
  return both;
}

function chipFilter({ key, op, value }, boards) {
  return op === ">=" ? { rating_gte: value } : KEYS[key].means(value, { boards });
}

/** The parameters of GET /images for a view and a search text. `boards` are those that a name may mean. */
export function filterOf(view, text, boards) {
  const { chips, words } = parse(text);
  const base = view.startsWith("board:") ? { board: view.slice("board:".length), scope: "all" } : (VIEWS[view] ?? VIEWS[DEFAULT_VIEW]).filter;
  const filter = chips.reduce((so_far, chip) => merged(so_far, chipFilter(chip, boards)), base);
  return words ? { ...filter, q: words } : filter;
}
