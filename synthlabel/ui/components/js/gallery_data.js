/*
 * The images of a query, newest first, as a list of known length of which only the looked-at parts are held.
 *
 *   list = new ImageList(filter)    filter: parameters of GET /images. `start()` begins, `dispose()` ends it
 *   list.total                      how many there are; null until known
 *   list.asOf                       when its newest part was read: nothing here came later
 *   list.imageAt(index)             the image, or null while it is not loaded
 *   list.ensure(index)              a promise of the image at an index; null if there is none (any more)
 *   list.indexOf(id)                where an image is, -1 if it is not loaded
 *   list.locate(id)                 a promise of the same, loading what is needed; -1 if it is not in the list
 *   list.neighbour(id, by)          the image `by` places further, or what took its place; null at the ends
 *   useList(list)                   renders again whenever anything of the above has changed
 *
 * There is no array of all images to depend on. The list is cut into chunks by ids (times, as ids are UUIDv7): a chunk
 * is everything that is older than `upper`, down to `lower` and including it. The server says where the cuts are, one
 * every 200 images; from then on they stay, so that what is looked at does not move when something is added or removed.
 */
import { useSyncExternalStore } from "react";

import { applied, stays } from "./gallery_overlay.js";
import { effective, isWaiting, listen } from "./gallery_outbox.js";
import { readAnchors, readRange } from "./gallery_requests.js";

const HELD_CHUNKS = 30;
const PARALLEL = 3;
const RANGE_LIMIT = 10_000;

const newChunk = (upper, lower, count) => ({ upper, lower, count, items: null, status: "unread", isStale: false, revision: 0, usedAt: 0 });
const covers = (chunk, id) => (chunk.upper === null || id < chunk.upper) && (chunk.lower === null || id >= chunk.lower);

/** The chunks that the server's cuts make. `step` images each, the last one holds the rest. */
export function cut({ total, step, anchors }) {
  const uppers = [null, ...anchors];
  return uppers.map((upper, at) => newChunk(upper, anchors[at] ?? null, at < anchors.length ? step : Math.max(0, total - step * anchors.length)));
}

export class ImageList {
  constructor(filter) {
    this.filter = filter;
    this.chunks = [];
    this.status = "loading"; // "ready" | "error"
    this.problem = null;
    this.asOf = null;
    this.fresh = 0; // new images that wait until somebody wants to see them
    this.revision = 0;
    this.isAway = () => false;
    this.wanted = [];
    this.watchers = new Set();
    this.starts = null;
    this.waitingHead = null;
    this.isKnown = false; // whether the cuts are known, and with them the length
  }

  // --- looking ------------------------------------------------------------------------------------------------------

  get total() {
    return this.isKnown ? this.#starts()[this.chunks.length] : null;
  }

  imageAt(index) {
    const at = this.chunkOf(index);
    return at < 0 ? null : (this.chunks[at].items?.[index - this.#starts()[at]] ?? null);
  }

  indexOf(id) {
    const at = this.chunkFor(id);
    const within = this.chunks[at]?.items?.findIndex((image) => image.id === id) ?? -1;
    return within < 0 ? -1 : this.#starts()[at] + within;
  }

  async ensure(index) {
    const at = this.chunkOf(index);
    if (at < 0) return null;
    if (!this.chunks[at].items) await this.#load(this.chunks[at]);
    return this.imageAt(index);
  }

  async locate(id) {
    const chunk = this.chunks[this.chunkFor(id)];
    if (chunk && !chunk.items) await this.#load(chunk);
    return this.indexOf(id);
  }

  neighbour(id, by) {
    const at = this.chunkFor(id);
    const items = this.chunks[at]?.items;
    if (!items) return null;
    const place = items.findIndex((image) => image.id <= id);
    const isThere = items[place]?.id === id;
    const base = this.#starts()[at] + (place < 0 ? items.length : place);
    return this.imageAt(base + by - (by > 0 && !isThere ? 1 : 0));
  }

  /** The images from one index to another, at most 10,000 of them; reads what is not there. */
  async imagesBetween(from, to) {
    const found = [];
    for (let index = from; index <= to && found.length < RANGE_LIMIT; index += 1) {
      const image = this.imageAt(index) ?? (await this.ensure(index));
      if (image) found.push(image);
    }
    return found;
  }

  chunkOf(index) {
    if (index < 0 || index >= this.#starts()[this.chunks.length]) return -1;
    return search(this.chunks.length, (at) => this.#starts()[at + 1] > index);
  }

  /** The chunk that an image with this id belongs to, whether there is one or not. */
  chunkFor(id) {
    return search(this.chunks.length, (at) => this.chunks[at].lower === null || id >= this.chunks[at].lower);
  }

  startOf(at) {
    return this.#starts()[at];
  }

  #starts() {
    if (this.starts?.length === this.chunks.length + 1) return this.starts;
    this.starts = [0];
    for (const chunk of this.chunks) this.starts.push(this.starts[this.starts.length - 1] + chunk.count);
    return this.starts;
  }

  // --- being looked at ----------------------------------------------------------------------------------------------

  subscribe = (watcher) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  snapshot = () => this.revision;

  #changed() {
    this.starts = null;
    this.revision += 1;
    this.watchers.forEach((watcher) => watcher());
  }

  // --- reading ------------------------------------------------------------------------------------------------------

  /** Read the head and the cuts. Again after a failure. Rejects never: `status` says how it went. */
  async start() {
    this.stop ??= listen({ apply: this.#apply, revert: this.#revert, settled: this.#settled });
    if (this.isStarting) return;
    this.isStarting = true;
    this.status = "loading";
    const cuts = readAnchors(this.filter);
    cuts.catch(() => null); // heard below, when the head is there
    try {
      await this.#readHead();
      this.#adopt(cut(await cuts));
      this.isKnown = true;
    } catch (problem) {
      this.problem = problem;
      this.status = "error";
    }
    this.isStarting = false;
    this.#changed();
  }

  dispose() {
    this.stop?.();
    this.stop = null;
    this.wanted = [];
  }

  /** The newest page is shown before it is known how many come after it. */
  async #readHead() {
    const since = performance.now();
    const { items, isWhole, asOf } = await readRange(this.filter, null, null, { pages: 1 });
    this.asOf = asOf;
    const chunk = newChunk(null, isWhole ? null : items[items.length - 1].id, 0);
    this.chunks = [chunk];
    this.#fill(chunk, items, since);
    this.isKnown = isWhole;
    this.status = "ready";
    this.#changed();
  }

  /** Take new cuts; images that are held already move into them. */
  #adopt(chunks) {
    const held = this.chunks.filter((chunk) => chunk.items && !chunk.isStale);
    for (const chunk of chunks) {
      const pieces = held.filter((other) => overlaps(other, chunk));
      if (!joinUp(pieces, chunk)) continue;
      chunk.items = pieces.flatMap((piece) => piece.items.filter((image) => covers(chunk, image.id)));
      chunk.count = chunk.items.length;
      chunk.status = "ready";
      chunk.usedAt = Math.max(...pieces.map((piece) => piece.usedAt));
    }
    this.chunks = chunks;
    this.#changed();
  }

  /** Say which chunks are on the screen or near it, the most wanted first: those are read, and the least used let go. */
  want(chunkIndexes) {
    const now = performance.now();
    this.wanted = chunkIndexes.map((at) => this.chunks[at]).filter(Boolean);
    this.wanted.forEach((chunk) => (chunk.usedAt = now));
    this.#pump();
    this.#letGo();
  }

  retry(chunk) {
    chunk.status = "unread";
    this.#changed();
    return this.#load(chunk);
  }

  #pump() {
    const busy = this.chunks.filter((chunk) => chunk.request).length;
    const missing = this.wanted.filter((chunk) => !chunk.request && chunk.status !== "failed" && (!chunk.items || chunk.isStale));
    missing.slice(0, Math.max(0, PARALLEL - busy)).forEach((chunk) => this.#load(chunk));
  }

  #letGo() {
    const held = this.chunks.filter((chunk) => chunk.items && !this.wanted.includes(chunk));
    if (held.length + this.wanted.length <= HELD_CHUNKS) return;
    held.sort((one, other) => one.usedAt - other.usedAt);
    for (const chunk of held.slice(0, held.length + this.wanted.length - HELD_CHUNKS)) Object.assign(chunk, { items: null, status: "unread" });
  }

  #load(chunk) {
    chunk.request ??= this.#read(chunk).finally(() => {
      chunk.request = null;
      this.#pump();
    });
    return chunk.request;
  }

  async #read(chunk) {
    const since = performance.now();
    if (!chunk.items) chunk.status = "reading";
    try {
      const { items, asOf } = await readRange(this.filter, chunk.upper, chunk.lower);
      const isHead = chunk === this.chunks[0];
      this.#fill(chunk, isHead ? this.#withoutFresh(chunk, items, asOf) : items, since);
    } catch (problem) {
      if (!chunk.items) chunk.status = "failed";
      chunk.isStale = false;
      chunk.problem = problem;
    }
    this.#changed();
  }

  #fill(chunk, items, since) {
    chunk.items = effective(since).reduce((list, entry) => applied(list, entry, this.filter, (id) => covers(chunk, id)), items);
    chunk.count = chunk.items.length;
    chunk.status = "ready";
    chunk.isStale = false;
    chunk.revision += 1;
  }

  // --- news ---------------------------------------------------------------------------------------------------------

  /**
   * Something has changed somewhere. New images come in at the head, or wait as `fresh` while somebody looks further
   * down; the rest is read again where it is looked at. What is out of sight is only counted.
   */
  async refresh({ isFirst = false } = {}) {
    if (this.status !== "ready" || !this.isKnown) return this.start();
    try {
      const cuts = await readAnchors(this.filter);
      // The first news is only that there is a connection: what was read just before it is as good as new.
      if (isFirst && cuts.total === this.total) return undefined;
      this.chunks.forEach((chunk) => (chunk.isStale = chunk.items !== null));
      await this.#load(this.chunks[0]);
      await Promise.all(this.wanted.map((chunk) => chunk.isStale && this.#load(chunk)));
      const isElsewhere = cuts.total !== this.total + this.fresh && !isWaiting();
      if (isElsewhere || this.chunks[0].count > 2 * cuts.step) this.#adopt(cut(cuts));
    } catch (problem) {
      this.problem = problem;
    }
    this.#changed();
    return undefined;
  }

  #withoutFresh(chunk, items, asOf) {
    const newest = chunk.items?.[0]?.id;
    const fresh = newest && this.isAway() ? items.filter((image) => image.id > newest) : [];
    this.waitingHead = fresh.length ? { items, asOf } : null;
    if (!fresh.length) this.asOf = asOf;
    this.fresh = fresh.length;
    return fresh.length ? items.slice(fresh.length) : items;
  }

  showFresh() {
    if (this.waitingHead) {
      this.asOf = this.waitingHead.asOf;
      this.#fill(this.chunks[0], this.waitingHead.items, performance.now());
    }
    this.waitingHead = null;
    this.fresh = 0;
    this.#changed();
  }

  // --- what the person does ------------------------------------------------------------------------------------------

  #each(change) {
    for (const chunk of this.chunks) {
      if (!chunk.items) continue;
      const items = change(chunk);
      if (items === chunk.items) continue;
      chunk.count = items.length;
      chunk.items = items;
      chunk.revision += 1;
    }
    this.#changed();
  }

  #apply = (entry) => this.#each((chunk) => applied(chunk.items, entry, this.filter, (id) => covers(chunk, id)));

  #revert = (entry) =>
    this.#each((chunk) => applied(chunk.items, { kind: "undo", before: entry.before }, this.filter, (id) => covers(chunk, id)));

  /** What was done to images that are not held here shows once they are read again. */
  #settled = (entry) => (entry.selection?.filter || entry.kind === "undo" || entry.isElsewhere) && this.refresh();

  /** Whether an image belongs here, by what the list can tell: for those who change one elsewhere. */
  admits(image) {
    return stays(image, this.filter);
  }
}

const overlaps = (one, other) =>
  (one.upper === null || other.lower === null || one.upper > other.lower) &&
  (one.lower === null || other.upper === null || one.lower < other.upper);

/** Do the pieces, in order, cover the whole chunk? */
function joinUp(pieces, chunk) {
  if (!pieces.length) return false;
  const [first, last] = [pieces[0], pieces[pieces.length - 1]];
  const beginsInTime = first.upper === null || (chunk.upper !== null && first.upper >= chunk.upper);
  const endsInTime = last.lower === null || (chunk.lower !== null && last.lower <= chunk.lower);
  return beginsInTime && endsInTime && pieces.every((piece, at) => at === 0 || piece.upper === pieces[at - 1].lower);
}

/** The first of 0..length-1 for which it holds; `length - 1` if it holds for none. */
function search(length, holds) {
  let [low, high] = [0, length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return Math.max(0, low);
}

export function useList(list) {
  return useSyncExternalStore(list.subscribe, list.snapshot);
}
