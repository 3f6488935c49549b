/* The image that is open: looked at in a list, or by its address alone. */
import { useEffect, useRef, useState } from "react";

import { call } from "./api.js";
import { applied } from "./gallery_overlay.js";
import { listen } from "./gallery_outbox.js";

/** What an entry of the outbox makes of one image; null if it is purged by it. */
function changed(image, entry) {
  const anywhere = { trashed: Boolean(image.trashed_at) };
  const [kept] = applied([image], entry, anywhere, () => true);
  if (kept) return kept;
  return { ...image, trashed_at: entry.kind === "trash" ? new Date().toISOString() : null };
}

/**
 * The image of an id: `null` while it is read, `{id, problem}` if it cannot be. It stays what it was when it leaves the
 * list by what is done to it here, and shows what was done.
 */
export function useImage(id, list) {
  const index = list ? list.indexOf(id) : -1;
  const listed = index < 0 ? null : list.imageAt(index);
  const kept = useRef(null);
  const [, redraw] = useState(0);
  if (listed) kept.current = listed;
  const keep = (image) => {
    kept.current = image;
    redraw((count) => count + 1);
  };
  const known = kept.current?.id === id;
  useEffect(() => {
    if (known) return undefined;
    let isCurrent = true;
    call("GET", `/images/${encodeURIComponent(id)}`).then(
      (image) => isCurrent && keep(image),
      (problem) => isCurrent && keep({ id, problem }),
    );
    return () => (isCurrent = false);
  }, [id, known]);
  useEffect(() => {
    const isIt = (entry) => kept.current?.id === id && !kept.current.problem && entry.selection?.ids?.includes(id);
    return listen({
      apply: (entry) => isIt(entry) && keep(changed(kept.current, { ...entry, before: entry.before ?? new Map() })),
      revert: (entry) => isIt(entry) && keep({ ...kept.current, ...marksOf(entry.before?.get(id)) }),
    });
  }, [id]);
  return known ? kept.current : null;
}

const MARKS = ["rating", "favorite", "tags", "trashed_at", "purge_at"];
const marksOf = (image) => (image ? Object.fromEntries(MARKS.map((name) => [name, image[name]])) : {});

/** `[before, after]` of an image in a list; reads them if they are not there, and the image's own place too. */
export function useNeighbours(id, list) {
  const isReady = list?.status === "ready" && list.total !== null;
  const index = isReady ? list.indexOf(id) : -1;
  useEffect(() => {
    if (!isReady) return;
    if (index < 0) list.locate(id);
    else [index - 1, index + 1].forEach((at) => at >= 0 && at < list.total && list.imageAt(at) === null && list.ensure(at));
  }, [isReady, index, id, list]);
  return isReady ? [list.neighbour(id, -1), list.neighbour(id, 1)] : [null, null];
}
