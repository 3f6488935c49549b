/*
 * What was started on an image from the lightbox: followed until it is over, whichever image is open meanwhile.
 *
 *   start(imageId, task, params, price)   asks for it, for that many dollars or less; rejects never, a refusal is shown
 *                                         as the job's `problem`. Asked again before there was an answer, it is the same
 *   useJobs(imageId)                      [{key, task, imageId, generation, problem}], newest last
 *   cancel(job), dismiss(job)
 */
import { useSyncExternalStore } from "react";

import { apiAddress, call } from "./api.js";
import { toast } from "./commands.js";
import { callOnce } from "./intents.js";

const LOOK_AGAIN_MS = 3000;

let jobs = [];
let nextKey = 0;
const watchers = new Set();

function change(key, parts) {
  jobs = jobs.map((job) => (job.key === key ? { ...job, ...parts } : job));
  watchers.forEach((watcher) => watcher());
}

const isAsked = (job) => !job.generation && !job.problem;

export async function start(imageId, task, params, price) {
  const what = JSON.stringify([imageId, task, params]);
  if (jobs.some((job) => job.what === what && isAsked(job))) return;
  const key = nextKey++;
  jobs = [...jobs, { key, imageId, task, what, generation: null, problem: null }];
  change(key, {});
  try {
    const generation = await callOnce(`/images/${imageId}/tools/${task}`, { params, max_price_usd: price }, params);
    change(key, { generation });
    follow(key, generation);
  } catch (problem) {
    change(key, { problem });
  }
}

const isOver = (generation) => generation.finished_at !== null;
const isKnown = (key) => jobs.some((job) => job.key === key);

function follow(key, generation) {
  if (isOver(generation) || !isKnown(key)) return;
  const events = new EventSource(apiAddress(`/generations/${generation.id}/events`), { withCredentials: true });
  events.addEventListener("generation", (event) => {
    const now = JSON.parse(event.data);
    change(key, { generation: now });
    if (isOver(now) || !isKnown(key)) events.close();
  });
  events.onerror = () => {
    events.close();
    setTimeout(() => lookAgain(key, generation.id), LOOK_AGAIN_MS);
  };
}

/** After the stream has ended: the server closes it once all is said, and a connection may be lost before. */
async function lookAgain(key, generationId) {
  if (!isKnown(key)) return;
  try {
    const generation = await call("GET", `/generations/${generationId}`);
    change(key, { generation });
    follow(key, generation);
  } catch (problem) {
    if (problem.status === 404) return change(key, { problem });
    setTimeout(() => lookAgain(key, generationId), LOOK_AGAIN_MS);
  }
}

export async function cancel(job) {
  try {
    change(job.key, { generation: await call("POST", `/generations/${job.generation.id}/cancel`) });
  } catch (problem) {
    toast(problem.message, { tone: "bad" }); // the work goes on
  }
}

export function dismiss(job) {
  jobs = jobs.filter((other) => other.key !== job.key);
  watchers.forEach((watcher) => watcher());
}

const watch = (watcher) => (watchers.add(watcher), () => watchers.delete(watcher));

export function useJobs(imageId) {
  const all = useSyncExternalStore(watch, () => jobs);
  return all.filter((job) => job.imageId === imageId);
}
