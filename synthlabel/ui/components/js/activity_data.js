/* The list of generations: keyset pages, read again when there is news. */
import { useEffect, useMemo, useReducer, useRef } from "react";

import { call } from "./api.js";
import { isLive } from "./activity_words.js";

const PAGE = 50;
const LARGEST_PAGE = 200;
const NEWS_MS = 1200;
const OTHERS_MS = 5000;

const read = (query, cursor, limit) => {
  const parts = new URLSearchParams(query);
  parts.set("limit", limit);
  if (cursor) parts.set("cursor", cursor);
  return call("GET", `/generations?${parts}`);
};

/** The generations that fit a query, newest first. `subscribe` tells of every change. */
export class JobList {
  items = [];
  counts = {};
  status = "loading";
  isBehind = false;
  cursor = null;
  #listeners = new Set();
  #isReading = false;
  #isAskedAgain = false;
  #isDisposed = false;

  constructor(query) {
    this.query = query;
  }

  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }

  dispose() {
    this.#isDisposed = true;
  }

  /** Read from the top as far as the list reaches. One reading at a time; another wish meanwhile is one more reading. */
  async refresh() {
    if (this.#isReading) return (this.#isAskedAgain = true);
    this.#isReading = true;
    try {
      const [, counts] = await Promise.all([this.#readTop(), call("GET", `/generations/counts?${withoutStatus(this.query)}`)]);
      this.counts = counts.counts;
      this.status = "ready";
      this.isBehind = false;
    } catch (problem) {
      this.problem = problem;
      this.isBehind = true;
      if (this.status === "loading") this.status = "error";
    }
    this.#isReading = false;
    if (this.#isDisposed) return undefined;
    this.#tell();
    if (this.#isAskedAgain) {
      this.#isAskedAgain = false;
      return this.refresh();
    }
    return undefined;
  }

  /** Pages from the top on, as far down as something may still change. What lies below stays as it is. */
  async #readTop() {
    const fresh = [];
    let cursor = null;
    do {
      const page = await read(this.query, cursor, Math.min(LARGEST_PAGE, Math.max(PAGE, this.items.length - fresh.length)));
      fresh.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor && this.items.some((job) => isLive(job) && job.id < fresh.at(-1).id));
    const rest = cursor ? this.items.filter((job) => job.id < fresh.at(-1).id) : [];
    this.items = [...fresh, ...rest];
    if (!rest.length) this.cursor = cursor;
  }

  async readMore() {
    if (!this.cursor || this.isReadingMore || this.#isReading) return;
    this.isReadingMore = true;
    this.#tell();
    try {
      const page = await read(this.query, this.cursor, PAGE);
      const last = this.items.at(-1)?.id;
      this.items = [...this.items, ...page.items.filter((job) => !last || job.id < last)];
      this.cursor = page.next_cursor;
      this.isBehind = false;
    } catch (problem) {
      this.problem = problem;
      this.isBehind = true;
    }
    this.isReadingMore = false;
    this.#tell();
  }

  async retryLoading() {
    this.status = this.items.length ? "ready" : "loading";
    this.#tell();
    await this.refresh();
  }

  /** Put an answer of the API in its place, before the news of it comes round. */
  put(job) {
    this.items = this.items.map((one) => (one.id === job.id ? { ...job, owner: one.owner } : one));
    this.#tell();
  }
}

function withoutStatus(query) {
  const parts = new URLSearchParams(query);
  parts.delete("status");
  return parts;
}

/** The list of a query, kept fresh: `version` changes with the person's own news; others' work is looked at now and then. */
export function useJobs(query, version) {
  const list = useMemo(() => new JobList(query), [query]);
  const [, draw] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    const stop = list.subscribe(draw);
    list.refresh();
    const timer = query.includes("everyone") && setInterval(() => list.refresh(), OTHERS_MS);
    return () => {
      stop();
      list.dispose();
      clearInterval(timer);
    };
  }, [list, query]);
  const seen = useRef(version);
  useEffect(() => {
    if (seen.current === version) return undefined;
    seen.current = version;
    const timer = setTimeout(() => list.refresh(), NEWS_MS);
    return () => clearTimeout(timer);
  }, [list, version]);
  useEffect(() => {
    if (list.problem?.status === 401) window.location.assign(`/sign-in?next=${encodeURIComponent(window.location.pathname)}`);
  }, [list, list.problem]);
  return list;
}
