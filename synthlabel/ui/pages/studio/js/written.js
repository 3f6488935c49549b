/* What the person wrote before, newest first: read once, and again after each request. */
import { call } from "./shared.js";

let known = null;

export const forgetWritten = () => (known = null);

/** Texts, without those in between that are the same; [] if they cannot be read. */
export function written() {
  known ??= call("GET", "/prompts/history?limit=100").then(
    ({ items }) => items,
    () => ((known = null), []),
  );
  return known;
}

export const findWritten = (words) => call("GET", `/prompts/history?${new URLSearchParams({ q: words, limit: 100 })}`).then(({ items }) => items);
