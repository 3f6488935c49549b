/* What an action does to images, as the server will do it: shown before it has answered. */

const together = (tags, more) => [...new Set([...tags, ...more])].sort();
const without = (tags, fewer) => tags.filter((tag) => !fewer.includes(tag));

const CHANGES = {
  rate: (image, { rating }) => ({ ...image, rating: rating ?? null }),
  favorite: (image, { favorite }) => ({ ...image, favorite }),
  add_tags: (image, { tags }) => ({ ...image, tags: together(image.tags ?? [], tags) }),
  remove_tags: (image, { tags }) => ({ ...image, tags: without(image.tags ?? [], tags) }),
  trash: (image) => ({ ...image, trashed_at: new Date().toISOString() }),
  restore: (image) => ({ ...image, trashed_at: null, purge_at: null }),
  purge: () => null,
  add_to_board: (image) => image,
  remove_from_board: (image) => image,
};

/** Others' images are looked at, not changed. */
const OWN_ONLY = ["add_tags", "remove_tags", "trash", "restore", "purge"];
const mayBeChanged = (image, { kind }) => image.is_mine !== false || !OWN_ONLY.includes(kind);

/** What an undo puts back; addresses and the like stay as they are now, they expire. */
const MARKS = ["rating", "favorite", "tags", "trashed_at", "purge_at"];

/** Does an image still belong to a query, by what can be told without the server? */
export function stays(image, filter) {
  if (Boolean(image.trashed_at) !== Boolean(filter.trashed)) return false;
  if (filter.favorite && !image.favorite) return false;
  if (filter.unrated && image.rating) return false;
  if (filter.rating && image.rating !== Number(filter.rating)) return false;
  if (filter.rating_gte && (image.rating ?? 0) < Number(filter.rating_gte)) return false;
  return (filter.tag ?? []).every((tag) => (image.tags ?? []).includes(tag));
}

const sameFilter = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Says of an image whether a selection means it. */
function chosen({ ids, filter, except = [], as_of: asOf }, ownFilter) {
  const [named, left] = [new Set(ids), new Set(except)];
  if (ids) return (image) => named.has(image.id);
  if (!sameFilter(filter, ownFilter)) return () => false;
  const isSeen = (image) => !asOf || new Date(filter.trashed ? image.trashed_at : image.created_at) <= new Date(asOf);
  return (image) => !left.has(image.id) && isSeen(image);
}

function putBack(items, before, filter, belongs) {
  const kept = items.map((image) => {
    const old = before.get(image.id);
    return old ? { ...image, ...Object.fromEntries(MARKS.map((name) => [name, old[name]])) } : image;
  });
  const known = new Set(items.map((image) => image.id));
  const lost = [...before.values()].filter((image) => !known.has(image.id) && belongs(image.id));
  return [...kept, ...lost].filter((image) => stays(image, filter)).sort((one, other) => (one.id < other.id ? 1 : -1));
}

/**
 * A chunk's images after an entry of the outbox: the same array if it changes none. What they were is noted in the
 * entry's `before`, once. `belongs(id)` says whether an image has its place in this chunk.
 */
export function applied(items, entry, filter, belongs) {
  if (entry.kind === "undo") return entry.before.size ? putBack(items, entry.before, filter, belongs) : items;
  const isSelected = chosen(entry.selection, filter);
  if (!items.some(isSelected)) return items;
  const leavesBoard = entry.kind === "remove_from_board" && entry.value.board_id === filter.board;
  const next = [];
  for (const image of items) {
    if (!isSelected(image) || !mayBeChanged(image, entry)) {
      next.push(image);
      continue;
    }
    if (!entry.before.has(image.id)) entry.before.set(image.id, image);
    const changed = leavesBoard ? null : CHANGES[entry.kind](image, entry.value);
    if (changed && stays(changed, filter)) next.push(changed);
  }
  return next;
}
