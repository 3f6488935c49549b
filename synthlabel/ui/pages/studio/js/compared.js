/* The images that are marked to be compared: of this tab, across cards. */
import { useSyncExternalStore } from "react";

export const MOST = 4;

let marked = [];
const watchers = new Set();
const watch = (watcher) => (watchers.add(watcher), () => watchers.delete(watcher));
const set = (ids) => {
  marked = ids;
  watchers.forEach((watcher) => watcher());
};

export const isMarked = (id) => marked.includes(id);
export const clearMarked = () => set([]);

/** Mark an image, or take the mark away. Of five the first one gives way. */
export const toggleMarked = (id) => set(isMarked(id) ? marked.filter((other) => other !== id) : [...marked, id].slice(-MOST));

export const useAllMarked = () => useSyncExternalStore(watch, () => marked, () => marked);
export const useMarked = (id) => useAllMarked().includes(id);
