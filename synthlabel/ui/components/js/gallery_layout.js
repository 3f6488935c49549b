/*
 * Where everything is in a list that nobody could lay out as a whole: chunks that have been seen have exact rows and
 * heights, the others an estimated height. Rows are justified, day by day, by Flickr's justified-layout.
 */
import justifiedLayout from "justified-layout";

import { dayName, dayOf } from "./gallery_days.js";

const HEADING_PX = 44;
const [NARROWEST, WIDEST] = [0.4, 3];
const FULL_ENOUGH = 0.72;

export const aspect = (image) => Math.min(WIDEST, Math.max(NARROWEST, image.width / image.height));

function* byDay(items) {
  let group = null;
  for (const [index, image] of items.entries()) {
    const day = dayOf(image.id);
    if (group?.day !== day) {
      if (group) yield group;
      group = { day, from: index, aspects: [] };
    }
    group.aspects.push(aspect(image));
  }
  if (group) yield group;
}

/** Rows as counts and heights: `[{count, height}]`. */
function justified(aspects, { width, height, gap }) {
  const { boxes } = justifiedLayout(aspects, {
    containerWidth: width,
    containerPadding: 0,
    targetRowHeight: height,
    boxSpacing: gap,
    targetRowHeightTolerance: 0.25,
  });
  const rows = [];
  let top = null;
  for (const box of boxes) {
    if (box.top !== top) rows.push({ count: 0, height: box.height });
    top = box.top;
    rows[rows.length - 1].count += 1;
  }
  return rows;
}

const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);
const heightOf = (aspects, { width, gap }) => (width - gap * (aspects.length - 1)) / sum(aspects);

/** Split into rows whose aspects weigh about the same: none of them is left ragged. */
function balanced(aspects, rowCount, frame) {
  const rows = [];
  let at = 0;
  for (let left = rowCount; left > 0; left -= 1) {
    const share = sum(aspects.slice(at)) / left;
    let [count, weight] = [0, 0];
    const most = aspects.length - at - (left - 1);
    while (count < most && (count === 0 || left === 1 || weight + aspects[at + count] / 2 <= share)) weight += aspects[at + count++];
    rows.push({ count, height: heightOf(aspects.slice(at, at + count), frame) });
    at += count;
  }
  return rows;
}

/**
 * The end of a chunk within a day: its last row may go on elsewhere, so it is filled, together with those before it. Too
 * few images for that stay as they are: filling a row with one of them would make a giant of it.
 */
function closed(rows, aspects, frame) {
  const last = rows[rows.length - 1];
  const fillOf = (some) => (sum(some) * frame.height) / frame.width;
  if (fillOf(aspects) < FULL_ENOUGH) return rows;
  if (fillOf(aspects.slice(-last.count)) > FULL_ENOUGH && heightOf(aspects.slice(-last.count), frame) < frame.height * 1.35)
    return [...rows.slice(0, -1), { count: last.count, height: heightOf(aspects.slice(-last.count), frame) }];
  const kept = rows.slice(0, Math.max(0, rows.length - 3));
  const rest = aspects.slice(sum(kept.map((row) => row.count)));
  const wanted = Math.max(1, Math.round(fillOf(rest)));
  return [...kept, ...balanced(rest, Math.min(wanted, rest.length), frame)];
}

/**
 * The rows of one chunk: `{kind: "day", day, name, top, height}` and `{kind: "row", top, height, from, cells}`, with
 * `cells: [{left, width}]` of the images from the chunk's `from` on. `previous` is the id before the chunk.
 */
export function layOut(items, frame, { previous, goesOn }) {
  const rows = [];
  let top = 0;
  const groups = [...byDay(items)];
  for (const [at, group] of groups.entries()) {
    if (at > 0 || !previous || dayOf(previous) !== group.day) {
      rows.push({ kind: "day", day: group.day, name: dayName(group.day), top, height: HEADING_PX });
      top += HEADING_PX;
    }
    const plain = justified(group.aspects, frame);
    const shape = goesOn && at === groups.length - 1 ? closed(plain, group.aspects, frame) : plain;
    let from = 0;
    for (const { count, height } of shape) {
      const aspects = group.aspects.slice(from, from + count);
      rows.push({ kind: "row", top, height, from: group.from + from, cells: cellsOf(aspects, height, frame) });
      top += height + frame.gap;
      from += count;
    }
  }
  return { rows, height: top };
}

function cellsOf(aspects, height, { width, gap }) {
  const free = width - gap * (aspects.length - 1);
  const scale = Math.min(1, free / (sum(aspects) * height));
  let left = 0;
  return aspects.map((ratio) => {
    const cell = { left, width: ratio * height * scale };
    left += cell.width + gap;
    return cell;
  });
}

/** The layout of a whole list in a frame `{width, height, gap}`, all in pixels. */
export class Layout {
  constructor(list) {
    this.list = list;
    this.frame = { width: 0, height: 0, gap: 0 };
    this.known = new Map(); // chunk → {revision, rows, height}
    this.tops = [0];
    this.average = null;
  }

  /** Take up what has changed in the list or in the frame. */
  update(frame) {
    const isSame = Object.keys(frame).every((name) => frame[name] === this.frame[name]);
    if (!isSame) this.known.clear();
    this.frame = frame;
    const tops = [0];
    if (frame.width > 0) this.#measure();
    for (const chunk of this.list.chunks) tops.push(tops[tops.length - 1] + this.#heightOf(chunk));
    this.tops = tops;
  }

  get height() {
    return this.tops[this.tops.length - 1];
  }

  #measure() {
    const { chunks } = this.list;
    let [height, count] = [0, 0];
    const seen = new Map();
    for (const [at, chunk] of chunks.entries()) {
      const place = this.#exact(chunk, at);
      if (!place) continue;
      seen.set(chunk, place);
      height += place.height;
      count += place.count;
    }
    this.known = seen;
    this.average = count ? height / count : this.#guess();
  }

  /** Exact rows where the images are there; the exact height of what was there before, so that going back moves nothing. */
  #exact(chunk, at) {
    const known = this.known.get(chunk);
    if (!chunk.items) return known && known.count === chunk.count ? { ...known, rows: null, revision: -1 } : null;
    const previous = chunk.upper;
    const goesOn = at < this.list.chunks.length - 1;
    if (known?.revision === chunk.revision && known.goesOn === goesOn) return known;
    return { ...layOut(chunk.items, this.frame, { previous, goesOn }), revision: chunk.revision, goesOn, count: chunk.count };
  }

  #guess() {
    const perRow = Math.max(1, this.frame.width / (this.frame.height + this.frame.gap));
    return (this.frame.height + this.frame.gap) / perRow;
  }

  #heightOf(chunk) {
    return this.known.get(chunk)?.height ?? chunk.count * (this.average ?? 0);
  }

  chunkAt(y) {
    let [low, high] = [0, this.list.chunks.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.tops[middle + 1] > y) high = middle;
      else low = middle + 1;
    }
    return Math.max(0, low);
  }

  rowsOf(at) {
    return this.known.get(this.list.chunks[at])?.rows ?? null;
  }

  /** Rows that touch a stretch, `{…row, at, y}`; a chunk that is not there is one row of kind "missing". */
  rowsBetween(from, to) {
    const found = [];
    if (!this.list.chunks.length) return found;
    for (let at = this.chunkAt(Math.max(0, from)); at < this.list.chunks.length && this.tops[at] < to; at += 1) {
      const top = this.tops[at];
      const rows = this.rowsOf(at);
      if (!rows && this.list.chunks[at].count) found.push({ kind: "missing", at, y: top, height: this.tops[at + 1] - top });
      for (const row of rows ?? []) if (top + row.top + row.height > from && top + row.top < to) found.push({ ...row, row, at, y: top + row.top });
    }
    return found;
  }

  /** `{y, height, row}` of the image at an index; of its chunk's estimated place while it is not loaded. */
  placeOf(index) {
    const at = this.list.chunkOf(index);
    if (at < 0) return null;
    const within = index - this.list.startOf(at);
    const row = this.rowsOf(at)?.findLast((candidate) => candidate.kind === "row" && candidate.from <= within);
    if (row) return { at, row, y: this.tops[at] + row.top, height: row.height };
    const share = within / Math.max(1, this.list.chunks[at].count);
    return { at, row: null, y: this.tops[at] + share * (this.tops[at + 1] - this.tops[at]), height: this.frame.height };
  }

  /** The index in the row above (-1) or below (1) that is nearest to an image's middle; the same one at the ends. */
  indexBeside(index, step) {
    const place = this.placeOf(index);
    if (!place?.row) return index;
    const cell = place.row.cells[index - this.list.startOf(place.at) - place.row.from];
    const target = this.#rowBeside(place, step);
    if (!target) return index;
    const middle = cell.left + cell.width / 2;
    const distance = (other) => Math.abs(other.left + other.width / 2 - middle);
    const nearest = target.row.cells.reduce((best, other, i) => (distance(other) < distance(target.row.cells[best]) ? i : best), 0);
    return this.list.startOf(target.at) + target.row.from + nearest;
  }

  #rowBeside({ at, row }, step) {
    for (let chunk = at; chunk >= 0 && chunk < this.list.chunks.length; chunk += step) {
      const rows = (this.rowsOf(chunk) ?? []).filter((other) => other.kind === "row");
      if (!rows.length) return null;
      const next = chunk === at ? rows[rows.indexOf(row) + step] : rows[step > 0 ? 0 : rows.length - 1];
      if (next) return { at: chunk, row: next };
    }
    return null;
  }
}
