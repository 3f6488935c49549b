/* What the activity page says of a generation: its state, its times, its money. */
import { moneyLabel } from "./image_facts.jsx";

export const LIVE = ["queued", "submitting", "submitted", "running", "ingesting"];
const CANCELLABLE = ["queued", "submitting", "submitted", "running"];
const RETRYABLE = ["failed", "cancelled"];

export const isLive = (job) => LIVE.includes(job.status);
export const canCancel = (job) => CANCELLABLE.includes(job.status) && !job.cancel_requested;
/** In one go with others: an unconfirmed one is decided by itself. */
export const canRetry = (job) => RETRYABLE.includes(job.status);

/** The views of the list, in the order of their keys: `[value, name, statuses]`. */
export const VIEWS = [
  ["", "All", []],
  ["live", "On its way", LIVE],
  ["done", "Done", ["done"]],
  ["failed", "Failed", ["failed"]],
  ["cancelled", "Cancelled", ["cancelled"]],
  ["unknown", "Unconfirmed", ["unknown"]],
];

export const TASKS = { generate: "Images", upscale: "Upscale", remove_background: "Remove background", describe: "Describe" };

const STATES = {
  queued: ["Waiting", "clock", "text-muted"],
  submitting: ["Sending", "turning", "text-amber"],
  submitted: ["At the provider", "turning", "text-amber"],
  running: ["Running", "turning", "text-amber"],
  ingesting: ["Saving", "turning", "text-amber"],
  done: ["Done", "check", "text-ok"],
  failed: ["Failed", "alert", "text-bad"],
  cancelled: ["Cancelled", "slash", "text-muted"],
  unknown: ["Unconfirmed", "help", "text-warn"],
};

/** `[word, icon, colour]` */
export const stateOf = (job) =>
  job.cancel_requested && isLive(job) ? ["Cancel asked", "slash", "text-warn"] : STATES[job.status];

const TRENDS = { shrinking: "the line gets shorter", growing: "the line gets longer", steady: "the line stands still" };

/** How long from now, roughly: "40 s", "3 min", "2 h"; null if it is as good as now. */
export function about(time) {
  const seconds = Math.round((Date.parse(time) - Date.now()) / 1000);
  if (seconds < 5) return null;
  if (seconds < 90) return `${seconds < 20 ? seconds : Math.round(seconds / 5) * 5} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

const starts = (span) => (span ? `starts in about ${span}` : "starts in a moment");
const ends = (span) => (span ? `about ${span} left` : "nearly done");

const place = (position) => (position === 0 ? "next in line" : `position ${position + 1}`);

/** Beside the state's word: where it stands, and what is to be expected. */
export function detailOf(job) {
  const parts = [];
  if (["queued", "submitted"].includes(job.status) && job.queue_position !== null) parts.push(place(job.queue_position));
  if (job.queue_trend) parts.push(TRENDS[job.queue_trend]);
  if (job.status === "running" && job.progress !== null) parts.push(`${Math.round(job.progress * 100)} %`);
  if (job.expected_start_at) parts.push(starts(about(job.expected_start_at)));
  else if (job.expected_done_at) parts.push(ends(about(job.expected_done_at)));
  return parts.join(" · ");
}

const clock = (time) => new Date(time).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });

/** What will happen to one that takes longer than usual, and when. */
export function slowNote(job) {
  const end = `At ${clock(job.given_up_at)} it is ended as failed`;
  const money = job.status === "running" ? "its price then counts as spent, since it had begun" : "nothing is charged then";
  return `${end}; ${money}. Until then it is followed on, and you can cancel it.`;
}

export const priceOf = (job) => moneyLabel(job.charged_usd ?? job.price_usd);

export function priceNote(job) {
  if (job.charged_usd === null) return `${job.price_formula}. Set aside until it is done.`;
  const released = Number(job.price_usd) - Number(job.charged_usd);
  const charged = `${job.price_formula}. Charged ${moneyLabel(job.charged_usd)}`;
  return released > 0 ? `${charged}, released ${moneyLabel(released)}.` : `${charged}.`;
}

export function costNote(job) {
  if (!["failed", "cancelled"].includes(job.status) || job.charged_usd === null) return "";
  if (Number(job.charged_usd) === 0) return "Nothing was charged.";
  return `${moneyLabel(job.charged_usd)} ${job.status === "failed" ? "was charged" : "counts as spent"}.`;
}

export const sumOf = (jobs) => moneyLabel(jobs.reduce((sum, job) => sum + Number(job.price_usd), 0));
export const jobsOf = (count) => `${count.toLocaleString("en")} ${count === 1 ? "job" : "jobs"}`;
export const exactTime = (time) => new Date(time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
