/* Ids are UUIDv7: their first 48 bits are the time in milliseconds. */

export const timeOf = (id) => parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

export function dayOf(id) {
  const date = new Date(timeOf(id));
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** "Today", "Yesterday", "Tuesday 24 November", with the year when it is another one. */
export function dayName(day, now = new Date()) {
  const date = new Date(day);
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const days = Math.round((today - day) / 86_400_000);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year });
}

export const monthName = (time, month = "long") => new Date(time).toLocaleDateString("en-GB", { month, year: "numeric" });
export const shortDay = (time) => new Date(time).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** Whole days until something happens, at least none. */
export const daysUntil = (time) => Math.max(0, Math.ceil((Date.parse(time) - Date.now()) / 86_400_000));
