/* One key for each entry of the outbox, so that two tabs never overwrite each other's. */

const prefix = (account) => `outbox/${account}/`;
const keyOf = ({ account, at, id }) => `${prefix(account)}${String(at).padStart(15, "0")}/${id}`;

/** `before` and `what` are how the screen is put back: they do not outlive the page. */
const kept = ({ id, at, kind, selection, value, of, attempts, faults, isFailed }) => ({ id, at, kind, selection, value, of, attempts, faults, isFailed });

/** False with a full storage: the entry is still sent, it would only not survive a reload. */
export function remember(entry) {
  try {
    localStorage.setItem(keyOf(entry), JSON.stringify(kept(entry)));
    return true;
  } catch {
    return false;
  }
}

export const forget = (entry) => entry.account && localStorage.removeItem(keyOf(entry));

/** The entry as whichever tab had it last left it; null once one of them is through with it. */
export const recall = (entry) => read(keyOf(entry));

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
    .map((entry) => ({ ...entry, account, isKept: true, isAdopted: true, before: new Map() }));
