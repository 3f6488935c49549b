/*
 * Which image has the focus, and which are ticked: some by their ids, or everything that the query finds except some.
 * Tiles ask for themselves only, so that a tick draws one tile again and not all of them.
 */
import { useSyncExternalStore } from "react";

export class Selection {
  constructor() {
    this.currentId = null;
    this.ids = new Map(); // id → {size_bytes, is_mine}
    this.isAll = false;
    this.except = new Map();
    this.anchorId = null;
    this.revision = 0;
    this.watchers = new Set();
  }

  subscribe = (watcher) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  snapshot = () => this.revision;

  #changed() {
    this.revision += 1;
    this.watchers.forEach((watcher) => watcher());
  }

  has(id) {
    return this.isAll ? !this.except.has(id) : this.ids.has(id);
  }

  get isEmpty() {
    return !this.isAll && this.ids.size === 0;
  }

  count(total) {
    return this.isAll ? Math.max(0, (total ?? 0) - this.except.size) : this.ids.size;
  }

  focus(id) {
    if (this.currentId === id) return;
    this.currentId = id;
    this.#changed();
  }

  toggle(image) {
    const chosen = this.isAll ? this.except : this.ids;
    if (chosen.has(image.id)) chosen.delete(image.id);
    else chosen.set(image.id, image);
    this.anchorId = image.id;
    this.#changed();
  }

  /** Tick these too, or no longer. */
  set(images, isTicked) {
    for (const image of images) {
      const chosen = this.isAll ? this.except : this.ids;
      if (isTicked === !this.isAll) chosen.set(image.id, image);
      else chosen.delete(image.id);
    }
    this.#changed();
  }

  all() {
    this.isAll = true;
    this.ids = new Map();
    this.except = new Map();
    this.#changed();
  }

  clear() {
    if (this.isEmpty) return;
    this.isAll = false;
    this.ids = new Map();
    this.except = new Map();
    this.anchorId = null;
    this.#changed();
  }

  /** As POST /images/actions wants it. `asOf`: when the list was read, so that nothing is meant that nobody has seen. */
  asSelection({ filter, asOf }) {
    return this.isAll ? { filter, except: [...this.except.keys()], as_of: asOf } : { ids: [...this.ids.keys()] };
  }

  /** Bytes of what is ticked; null where nobody has counted. */
  size(totalBytes) {
    const sum = (images) => [...images.values()].reduce((bytes, image) => bytes + (image.size_bytes ?? 0), 0);
    if (!this.isAll) return sum(this.ids);
    return totalBytes === undefined ? null : totalBytes - sum(this.except);
  }
}

export const useSelection = (selection) => useSyncExternalStore(selection.subscribe, selection.snapshot);

/** One tile's part: `{isTicked, isCurrent, isPicking}` as one number, so that it compares by value. */
export function useTile(selection, id) {
  const bits = useSyncExternalStore(
    selection.subscribe,
    () => (selection.has(id) ? 1 : 0) | (selection.currentId === id ? 2 : 0) | (selection.isEmpty ? 0 : 4),
  );
  return { isTicked: Boolean(bits & 1), isCurrent: Boolean(bits & 2), isPicking: Boolean(bits & 4) };
}
