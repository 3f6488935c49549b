/* One key for each entry of the outbox, so that two tabs never overwrite each other's. */

const prefix = (account) => `outbox/${account}/`;
const keyOf = (account, entry) => `${prefix(account)}${String(entry.at).padStart(15, "0")}/${entry.id}`;

/** `before` and `what` are how the screen is put back: they do not outlive the page. */
const kept = ({ id, at, kind, selection, value, of, attempts }) => ({ id, at, kind, selection, value, of, attempts });

export function remember(account, entry) {
  try {
    localStorage.setItem(keyOf(account, entry), JSON.stringify(kept(entry)));
  } catch {
    // A full storage: the entry is still sent, it would only not survive a reload.
  }
}

export const forget = (account, entry) => account && localStorage.removeItem(keyOf(account, entry));

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    localStorage.removeItem(key);
    return null;
  }
}

/** Entries that were not answered when the page went away, oldest first. */
export const remembered = (account) =>
  Object.keys(localStorage)
    .filter((key) => key.startsWith(prefix(account)))
    .sort()
    .map(read)
    .filter(Boolean)
    .map((entry) => ({ ...entry, before: new Map() }));
