import { useCallback, useEffect, useRef, useState } from "react";

import { call } from "./api.js";
import { toast } from "./commands.js";

const PAGE = 100;
const pagePath = (cursor) => `/images?limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;

function leaveForSignIn() {
  const { pathname, search } = window.location;
  // The shell may have been faster.
  if (pathname.startsWith("/gallery")) window.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}

/** Ids are time-ordered, newest first: what is older than the fetched range stays, the range itself is replaced. */
export function mergeHead(items, fetched, isWhole) {
  if (isWhole || !fetched.length) return fetched;
  const last = fetched[fetched.length - 1].id;
  return [...fetched, ...items.filter((image) => image.id < last)];
}

export const insertById = (items, image) =>
  [...items.filter((other) => other.id !== image.id), image].sort((one, other) => (one.id < other.id ? 1 : -1));

/**
 * The person's images, page by page. `version` changes when there is news: the head is then read again.
 * `isAway()` says that somebody looks further down: new images wait in `fresh` until `showFresh()`, so nothing jumps.
 */
export function useImages(version, isAway) {
  const [items, setItems] = useState([]);
  const [cursor, setCursor] = useState(null);
  const [status, setStatus] = useState("loading");
  const [fresh, setFresh] = useState(null);
  const busy = useRef(false);
  const held = useRef([]);
  held.current = items;

  const readHead = useCallback(async () => {
    try {
      const page = await call("GET", pagePath());
      const merged = mergeHead(held.current, page.items, page.next_cursor === null);
      const known = new Set(held.current.map((image) => image.id));
      const news = merged.filter((image) => !known.has(image.id)).length;
      const isFirst = !held.current.length;
      // A gap between the old range and the new one would hide images: page on from the head.
      if (isFirst || merged.length === page.items.length) setCursor(page.next_cursor);
      if (news && !isFirst && isAway()) setFresh({ count: news, items: merged });
      else setItems(merged), setFresh(null);
      setStatus("ready");
    } catch (problem) {
      if (problem.status === 401) leaveForSignIn();
      else setStatus((now) => (now === "ready" ? now : "error"));
    }
  }, [isAway]);

  useEffect(() => {
    const timer = setTimeout(readHead, held.current.length ? 300 : 0);
    return () => clearTimeout(timer);
  }, [version, readHead]);

  const readMore = useCallback(async () => {
    if (busy.current || cursor === null) return;
    busy.current = true;
    try {
      const page = await call("GET", pagePath(cursor));
      setItems((list) => mergeTail(list, page.items));
      setCursor(page.next_cursor);
      setStatus("ready");
    } catch {
      setStatus("more-failed");
    } finally {
      busy.current = false;
    }
  }, [cursor]);

  const remove = useCallback(async (image) => {
    setItems((list) => list.filter((other) => other.id !== image.id));
    const bringBack = () => setItems((list) => insertById(list, image));
    try {
      await call("DELETE", `/images/${image.id}`);
    } catch (problem) {
      bringBack();
      return toast(problem.message, { tone: "bad" });
    }
    toast("Moved to the trash.", { undo: () => restore(image, bringBack) });
  }, []);

  const showFresh = useCallback(() => {
    if (fresh) setItems(fresh.items);
    setFresh(null);
  }, [fresh]);

  const retry = useCallback(() => {
    if (held.current.length) return readMore();
    setStatus("loading");
    return readHead();
  }, [readHead, readMore]);

  return { items, status, hasMore: cursor !== null, fresh: fresh?.count ?? 0, readMore, remove, retry, showFresh };
}

function mergeTail(list, page) {
  const known = new Set(list.map((image) => image.id));
  return [...list, ...page.filter((image) => !known.has(image.id))];
}

async function restore(image, bringBack) {
  try {
    await call("POST", `/images/${image.id}/restore`);
    bringBack();
  } catch (problem) {
    toast(problem.message, { tone: "bad" });
  }
}
