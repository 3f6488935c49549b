/* What the gallery says of numbers, marks and actions. */

export const number = (count) => count.toLocaleString("en");
export const images = (count) => `${number(count)} ${count === 1 ? "image" : "images"}`;

const SENTENCES = {
  rate: ({ rating }) => (rating ? `rated ${rating} of 5` : "rating cleared"),
  favorite: ({ favorite }) => (favorite ? "added to the favourites" : "removed from the favourites"),
  add_tags: ({ tags }) => `tagged ${tags.join(", ")}`,
  remove_tags: ({ tags }) => `no longer tagged ${tags.join(", ")}`,
  add_to_board: (_, board) => `put on ${board ?? "the board"}`,
  remove_from_board: (_, board) => `taken off ${board ?? "the board"}`,
  trash: () => "moved to the trash",
  restore: () => "restored",
  purge: () => "deleted for good",
};

/** A mark on one image shows by itself; all else is said. */
const isQuiet = ({ kind, selection }) => ["rate", "favorite"].includes(kind) && selection.ids?.length === 1;

/** "3 images moved to the trash.", or null for what needs no words. */
export function sentence(entry, { always = false } = {}) {
  if (!always && isQuiet(entry)) return null;
  const count = entry.selection.ids?.length ?? entry.count;
  const subject = count === undefined ? "Images" : images(count);
  return `${subject} ${SENTENCES[entry.kind](entry.value, entry.note)}.`;
}
