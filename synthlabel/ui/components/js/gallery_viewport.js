/*
 * The window through which a list is looked at.
 *
 * Places are counted in a space as high as all images together, which at a million of them is higher than a browser can
 * scroll (Chromium stops at 33,554,432 px). So `y` is the scroll position plus a `shift`. The shift also takes up what
 * changes above: when an estimated height becomes an exact one, nothing on the screen moves, and no scrolling is
 * interrupted. Once the scrolling rests, the two are brought together again, unseen.
 */
import { Layout } from "./gallery_layout.js";

export const LIMIT_PX = 8_000_000;
const EDGE_PX = 1_500_000;
const REST_MS = 160;
const STEP_PX = 160;
const FOOT_PX = 96;
const LONG = 2.5; // windows
const FAR = 5; // windows at once: nobody scrolls so, it is the scrollbar or a jump

/** Where the scrollbar is for a place: the same near both ends, in proportion between them. */
export function scrollOf(y, height, limit = LIMIT_PX, edge = EDGE_PX) {
  if (height <= limit || y <= edge) return y;
  if (y >= height - edge) return limit - (height - y);
  return edge + ((y - edge) / (height - 2 * edge)) * (limit - 2 * edge);
}

export function placeOfScroll(top, height, limit = LIMIT_PX, edge = EDGE_PX) {
  if (height <= limit || top <= edge) return top;
  if (top >= limit - edge) return height - (limit - top);
  return edge + ((top - edge) / (limit - 2 * edge)) * (height - 2 * edge);
}

export class Viewport {
  constructor(list) {
    this.list = list;
    this.layout = new Layout(list);
    this.shift = 0;
    this.top = 0;
    this.windowHeight = 0;
    this.anchor = null;
    this.wish = null;
    this.pending = 0; // a scroll position to take once the page has its new height
    this.revision = 0;
    this.watchers = new Set();
    list.isAway = () => this.y > this.windowHeight / 2;
  }

  get y() {
    return this.top + this.shift;
  }

  /** As high as the list, and a foot, so that the last row is not hidden by what floats at the bottom. */
  get height() {
    return this.layout.height + FOOT_PX;
  }

  /** What the browser is asked to scroll at most. */
  get limit() {
    return LIMIT_PX;
  }

  /** Whether a scale at the side is worth its room. */
  get isLong() {
    return this.windowHeight > 0 && this.layout.height > LONG * this.windowHeight;
  }

  get lastY() {
    return Math.max(0, this.height - this.windowHeight);
  }

  subscribe = (watcher) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  snapshot = () => this.revision;

  #publish() {
    this.revision += 1;
    this.watchers.forEach((watcher) => watcher());
  }

  // --- the element --------------------------------------------------------------------------------------------------

  attach(element) {
    this.element = element;
    element.addEventListener("scroll", this.#onScroll, { passive: true });
    return () => {
      clearTimeout(this.resting);
      element.removeEventListener("scroll", this.#onScroll);
      this.element = null;
    };
  }

  #onScroll = () => {
    const top = this.element.scrollTop;
    if (Math.abs(top - this.top) < 1) return;
    const before = this.y;
    this.wish = null;
    const isJump = Math.abs(top - this.top) > FAR * this.windowHeight;
    this.top = top;
    if (isJump) this.shift = placeOfScroll(top, this.height) - top;
    this.speed = Math.abs(this.y - before);
    this.#remember();
    clearTimeout(this.resting);
    this.resting = setTimeout(this.#rest, REST_MS);
    if (this.shift !== 0 && (top < 1 || top >= this.element.scrollHeight - this.windowHeight - 1)) this.#settle();
    if (Math.floor(before / STEP_PX) !== Math.floor(this.y / STEP_PX)) this.#publish();
  };

  #rest = () => {
    this.speed = 0;
    this.#settle();
    this.#publish();
  };

  /** Bring scrollbar and place together again. */
  #settle() {
    const y = Math.min(this.lastY, Math.max(0, this.y));
    const top = scrollOf(y, this.height);
    if (Math.abs(top - this.top) < 1 && Math.abs(y - top - this.shift) < 1) return;
    this.#take(y);
    this.#publish();
  }

  #take(y) {
    const top = Math.round(scrollOf(y, this.height));
    this.pending = top;
    this.top = top;
    this.shift = y - top;
  }

  // --- what changes -------------------------------------------------------------------------------------------------

  /** Lay out again after a change of the list or of the frame: what is looked at stays where it is. */
  update(frame, windowHeight) {
    const isAtTop = this.y < 1;
    const isAtEnd = !isAtTop && this.y >= this.lastY - 1;
    this.windowHeight = windowHeight;
    this.layout.update(frame);
    if (this.wish) return this.#grant();
    if (isAtEnd) return this.#take(this.lastY); // also once the last images turn out to need more room
    if (isAtTop || !this.anchor) return undefined;
    const y = this.#find(this.anchor);
    if (y !== null) this.shift += y - this.y;
    return undefined;
  }

  /** After the page has been drawn: its height is the new one now. */
  drawn() {
    if (!this.element) return;
    if (this.pending !== null) this.element.scrollTop = this.pending;
    this.pending = null;
    this.top = this.element.scrollTop;
    this.#remember();
    clearTimeout(this.resting);
    this.resting = setTimeout(this.#rest, REST_MS);
  }

  /** Remember what is at the upper edge: an image, or how far into a chunk that is not there. */
  #remember() {
    const { layout, list, y } = this;
    if (!list.chunks.length || !layout.frame.width) return;
    const row = layout.rowsBetween(y, y + this.windowHeight).find((one) => one.kind !== "day");
    if (!row) return;
    const items = list.chunks[row.at].items;
    if (row.kind === "missing") this.anchor = { chunk: list.chunks[row.at], share: (y - row.y) / row.height };
    else if (items?.[row.from]) this.anchor = { id: items[row.from].id, offset: row.y - y };
  }

  #find({ id, offset, chunk, share }) {
    const { layout, list } = this;
    if (!id) {
      const at = list.chunks.indexOf(chunk);
      return at < 0 ? null : layout.tops[at] + share * (layout.tops[at + 1] - layout.tops[at]);
    }
    const at = list.chunkFor(id);
    const items = list.chunks[at]?.items;
    if (!items?.length) return null;
    const within = items.findIndex((image) => image.id <= id);
    const place = layout.placeOf(list.startOf(at) + (within < 0 ? items.length - 1 : within));
    return place?.row ? place.y - offset : null;
  }

  // --- going somewhere ----------------------------------------------------------------------------------------------

  goTo(y) {
    this.anchor = null;
    this.#take(Math.min(this.lastY, Math.max(0, y)));
    this.#publish();
  }

  /** Show the image at an index: no further than needed, or with `align: "start"` at the upper edge. */
  reveal(index, { align = "nearest" } = {}) {
    const place = this.layout.placeOf(index);
    if (!place) return;
    const [head, foot] = [index === 0 ? 60 : 12, 88];
    if (align === "start" || place.y - head < this.y) this.goTo(place.y - head);
    else if (place.y + place.height + foot > this.y + this.windowHeight) this.goTo(place.y + place.height + foot - this.windowHeight);
  }

  /** Come back to where somebody was: as soon as the list is there to be laid out. */
  returnTo({ id, offset }) {
    this.wish = { id, offset };
  }

  get place() {
    return this.y > 1 && this.anchor?.id ? this.anchor : null;
  }

  #grant() {
    const { list, layout, wish } = this;
    if (!list.isKnown || !layout.frame.width) return;
    const at = list.chunkFor(wish.id);
    const y = this.#find(wish) ?? layout.tops[at];
    this.#take(Math.min(this.lastY, Math.max(0, y)));
    // The chunk's own rows decide once they are there.
    this.anchor = wish;
    if (list.chunks[at]?.items) this.wish = null;
  }
}
