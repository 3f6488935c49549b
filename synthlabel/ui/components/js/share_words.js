/* How long a link still works, in words. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const daysLeft = (time) => (Date.parse(time) - Date.now()) / DAY_MS;

const counted = (count, unit) => `${count} ${unit}${count === 1 ? "" : "s"}`;

/** "ends in 7 days", "ends in 3 hours", "ends within the hour". */
export function ends(time) {
  const left = Date.parse(time) - Date.now();
  if (left <= 0) return "has ended";
  if (left < HOUR_MS) return "ends within the hour";
  if (left < 2 * DAY_MS) return `ends in ${counted(Math.round(left / HOUR_MS), "hour")}`;
  return `ends in ${counted(Math.round(left / DAY_MS), "day")}`;
}

export const exactly = (time) => new Date(time).toLocaleString(undefined, { dateStyle: "long", timeStyle: "short" });
