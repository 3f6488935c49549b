/*
 * What a person does to images, on its way to the server.
 *
 *   act({kind, selection, value})   does it at once on the screen, and sends it; returns the entry
 *                                   selection: {ids} or {filter, except, as_of}, as in POST /images/actions
 *   undoLast(), undo(entry)         puts back what was there before
 *   useOutbox()                     {waiting, isStuck, failed}: how many are not at the server yet, whether it is out of
 *                                   reach, and at how many it failed
 *   retryFailed(), dropFailed()     what becomes of those
 *
 * Each entry has an id of its own, which the server knows again: sending it twice does it once. Entries go out in their
 * order, one at a time, and wait in the browser's storage until the server has answered: neither a lost connection nor
 * a reload loses one. They belong to an account and say so: if somebody else signs in on the same machine, the server
 * refuses them, and they wait until their person is back. What the server fails at again and again steps aside.
 */
import { useSyncExternalStore } from "react";

import { call } from "./api.js";
import { toast } from "./commands.js";
import { sentence } from "./gallery_words.js";
import { forget, recall, remember, remembered } from "./outbox_storage.js";

const WAITS_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];
const SETTLED_MS = 15_000;
const FAULTS = 6;
const PASSING = [0, 401, 408, 425, 429, 502, 503, 504];
const KEPT_STEPS = 100;

const listeners = new Set();
let entries = []; // in order; those that are settled stay a moment, see `effective`, failed ones until somebody decides
let history = [];
let account = null;
let state = { waiting: 0, isStuck: false, failed: 0 };
let timer = null;
let isSending = false;
let failures = 0;

/** Works without https too, where `crypto.randomUUID` is not there. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Milliseconds that only grow, so that entries of the same moment keep their order in the storage. */
let latest = 0;
const now = () => (latest = Math.max(Date.now(), latest + 1));

// --- who listens ----------------------------------------------------------------------------------------------------

/** Lists hear `apply(entry)` for each new entry, `revert(entry)` for a refused one, `settled(entry)` once it is done. */
export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const tell = (event, entry) => listeners.forEach((listener) => listener[event]?.(entry));

const watchers = new Set();
const watch = (watcher) => (watchers.add(watcher), () => watchers.delete(watcher));

const isDue = (entry) => !entry.settledAt && !entry.isFailed;

function publish() {
  const waiting = entries.filter(isDue).length;
  const next = { waiting, isStuck: waiting > 0 && failures > 0, failed: entries.filter((entry) => entry.isFailed).length };
  if (Object.keys(next).every((name) => next[name] === state[name])) return;
  state = next;
  watchers.forEach((watcher) => watcher());
}

export const isWaiting = () => entries.some(isDue);

export const useOutbox = () => useSyncExternalStore(watch, () => state);

/**
 * The entries that an answer asked for at `since` (performance.now()) may not contain yet, in order: what was read must
 * look as if they had been done.
 */
export const effective = (since) => entries.filter((entry) => isDue(entry) || entry.settledAt > since);

// --- doing ----------------------------------------------------------------------------------------------------------

const keep = (entry) => (entry.isKept = Boolean(entry.account) && remember(entry));

function add(entry) {
  entry.account = account;
  entries.push(entry);
  keep(entry);
  tell("apply", entry);
  publish();
  send();
  return entry;
}

/**
 * `count` is of how many images a search is, `note` the name of what `value` says by id: both for the message. `isSeen`:
 * it shows where it was done, say nothing.
 */
export function act({ kind, selection, count, value = {}, note, isSeen = false }) {
  const entry = { id: newId(), at: now(), kind, selection, count, value, note, before: new Map() };
  if (kind !== "purge") history = [...history, entry].slice(-KEPT_STEPS);
  add(entry);
  const text = isSeen ? null : sentence(entry);
  if (text) toast(text, kind === "purge" ? {} : { undo: () => undo(entry) });
  return entry;
}

export function undo(entry) {
  if (!history.includes(entry)) return;
  history = history.filter((other) => other !== entry);
  if (isUndone(entry)) return drop(entry);
  add({ id: newId(), at: now(), kind: "undo", of: entry.id, selection: entry.selection, value: {}, before: entry.before, what: entry });
}

/** True if the server has not done it and will not, once it is dropped: nor has another tab sent it. */
function isUndone(entry) {
  if (entry.settledAt || !entries.includes(entry)) return false;
  const latest = entry.isKept ? recall(entry) : entry;
  return entry.isFailed || (latest !== null && !latest.attempts && !entry.attempts);
}

export function undoLast() {
  const entry = history[history.length - 1];
  if (!entry) return toast("There is nothing to undo.");
  undo(entry);
  toast(`Undone: ${sentence(entry, { always: true })}`);
}

function drop(entry) {
  entries = entries.filter((other) => other !== entry);
  history = history.filter((other) => other !== entry);
  forget(entry);
  if (!entry.isFailed) takeOffScreen(entry);
  publish();
}

/** It is not done after all. What the lists cannot put back by themselves they read again. */
function takeOffScreen(entry) {
  if (entry.kind !== "undo") tell("revert", entry);
  tell("settled", entry);
}

export function retryFailed() {
  for (const entry of entries.filter(({ isFailed }) => isFailed)) {
    Object.assign(entry, { isFailed: false, faults: 0 });
    keep(entry);
    tell("apply", entry);
  }
  publish();
  send();
}

export const dropFailed = () => entries.filter(({ isFailed }) => isFailed).forEach(drop);

// --- sending --------------------------------------------------------------------------------------------------------

const post = ({ id, kind, selection, value, of, account: account_id }) =>
  kind === "undo" ? call("POST", `/images/actions/${of}/undo`, { account_id }) : call("POST", "/images/actions", { id, kind, selection, value, account_id });

async function sendFirst(entry) {
  if (entry.isKept && !recall(entry)) return leaveToOthers(entry);
  const failed = entry.kind === "undo" && entries.find((other) => other.id === entry.of && other.isFailed);
  if (failed) return [failed, entry].forEach(drop);
  entry.attempts = (entry.attempts ?? 0) + 1;
  keep(entry);
  try {
    entry.answer = await post(entry);
  } catch (problem) {
    return notDone(entry, problem);
  }
  entry.settledAt = performance.now();
  forget(entry);
  tell("settled", entry);
  setTimeout(() => (entries = entries.filter((other) => other !== entry)), SETTLED_MS);
}

/** Another tab is through with it: it has sent it, or taken it back before it was sent. */
function leaveToOthers(entry) {
  entries = entries.filter((other) => other !== entry);
  if (entry.isAdopted) tell("revert", entry);
  tell("settled", { ...entry, isElsewhere: true });
  publish();
}

/** Errors without a `code` are not ours, but of something on the way, which has not understood what it was about. */
const isPassing = ({ status, code }) => PASSING.includes(status) || (status >= 500 && !code);
const isRefusal = ({ status, code }) => status < 500 && Boolean(code);

/** Throws if it is to be sent again. */
function notDone(entry, problem) {
  if (problem.code === "another_account") return setAside();
  if (isPassing(problem)) throw problem;
  if (isRefusal(problem)) {
    drop(entry);
    if (problem.status === 409 && entry.what) history = [entry.what, ...history]; // it can be undone later
    return toast(problem.message, { tone: "bad" });
  }
  entry.faults = (entry.faults ?? 0) + 1;
  entry.isFailed = entry.faults >= FAULTS;
  keep(entry);
  if (!entry.isFailed) throw problem;
  return takeOffScreen(entry);
}

/** Somebody else is signed in by now: what is here waits in the storage until its person is back. */
function setAside() {
  const left = entries.filter(isDue);
  [entries, history, account] = [[], [], null];
  left.forEach(takeOffScreen);
  toast("Somebody else is signed in here now. What was not saved yet waits until you sign in again.", { tone: "warn" });
}

async function sendAll() {
  account ??= await adopt();
  for (let entry = entries.find(isDue); entry; entry = entries.find(isDue)) {
    await sendFirst(entry);
    account ??= await adopt();
    failures = 0;
    publish();
  }
}

/** Who is signed in; what they left here before a reload is taken up again, before what is new. */
async function adopt() {
  const { id } = await call("GET", "/me");
  for (const entry of entries.filter((other) => !other.account)) {
    entry.account = id;
    keep(entry);
  }
  const known = new Set(entries.map((entry) => entry.id));
  const kept = remembered(id).filter((entry) => !known.has(entry.id));
  entries = [...kept, ...entries];
  kept.filter(isDue).forEach((entry) => tell("apply", entry));
  publish();
  return id;
}

/** One tab at a time: entries of two tabs keep their order. Locks need https or localhost; without, each sends its own. */
const alone = (work) => (navigator.locks ? navigator.locks.request("synthlabel-outbox", work) : work());

async function send() {
  if (isSending) return;
  isSending = true;
  clearTimeout(timer);
  try {
    await alone(sendAll);
  } catch {
    timer = setTimeout(send, WAITS_MS[Math.min(failures, WAITS_MS.length - 1)]);
    failures += 1;
  } finally {
    isSending = false;
    publish();
  }
}

if (typeof window !== "undefined") {
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && state.waiting && send());
}

/** Take up what a reload left behind. Called on every page of somebody who is signed in; safe to repeat. */
export const resume = send;
