import { call } from "./api.js";

const PAGE = 200;

/** A filter as the address of a request says it; lists repeat their name, what is empty is left out. */
export function parameters(filter, more = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, ...more }))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null && one !== "") query.append(name, String(one));
  return query.toString();
}

export const readPage = (filter, cursor) => call("GET", `/images?${parameters(filter, { cursor, limit: PAGE })}`);

/** `{total, step, anchors}`: every 200th id, at which a chunk ends and the next begins. */
export const readAnchors = (filter) => call("GET", `/images/anchors?${parameters(filter)}`);

export const readFacets = (filter) => call("GET", `/images/facets?${parameters(filter)}`);

/**
 * Images older than `upper`, newest first, down to `lower` and including it; null is the end of the list. Usually one
 * page; more if something was added in between. `isWhole` says that nothing older is left, `asOf` when it was read.
 */
export async function readRange(filter, upper, lower, { pages = Infinity } = {}) {
  const items = [];
  let cursor = upper;
  let asOf = null;
  for (let read = 0; read < pages; read += 1) {
    const page = await readPage(filter, cursor);
    items.push(...page.items);
    asOf ??= page.as_of;
    cursor = page.next_cursor;
    if (cursor === null || (lower !== null && items[items.length - 1].id <= lower)) break;
  }
  return { items: lower === null ? items : items.filter((image) => image.id >= lower), isWhole: cursor === null, asOf };
}
