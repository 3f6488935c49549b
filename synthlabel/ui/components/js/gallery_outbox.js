/*
 * What a person does to images, on its way to the server.
 *
 *   act({kind, selection, value})   does it at once on the screen, and sends it; returns the entry
 *                                   selection: {ids: [...]} or {filter, except: [...]}, as in POST /images/actions
 *   undoLast(), undo(entry)         puts back what was there before
 *   useOutbox()                     {waiting, isStuck}: how many are not at the server yet, and whether it is out of reach
 *
 * Each entry has an id of its own, which the server knows again: sending it twice does it once. Entries go out in their
 * order, one at a time, and wait in the browser's storage until the server has answered: neither a lost connection nor
 * a reload loses one. They belong to an account, so that nobody sends what somebody else did on the same machine.
 */
import { useSyncExternalStore } from "react";

import { call } from "./api.js";
import { toast } from "./commands.js";
import { sentence } from "./gallery_words.js";
import { forget, remembered, remember } from "./outbox_storage.js";

const WAITS_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];
const SETTLED_MS = 15_000;
const ATTEMPTS = 6;
const KEPT_STEPS = 100;

const listeners = new Set();
let entries = []; // in order; those that are settled stay a moment, see `effective`
let history = [];
let account = null;
let state = { waiting: 0, isStuck: false };
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

function publish() {
  const waiting = entries.filter((entry) => !entry.settledAt).length;
  const isStuck = waiting > 0 && failures > 0;
  if (waiting === state.waiting && isStuck === state.isStuck) return;
  state = { waiting, isStuck };
  watchers.forEach((watcher) => watcher());
}

export const isWaiting = () => entries.some((entry) => !entry.settledAt);

export const useOutbox = () => useSyncExternalStore(watch, () => state);

/**
 * The entries that an answer asked for at `since` (performance.now()) may not contain yet, in order: what was read must
 * look as if they had been done.
 */
export const effective = (since) => entries.filter((entry) => !entry.settledAt || entry.settledAt > since);

// --- doing ----------------------------------------------------------------------------------------------------------

function add(entry) {
  entries.push(entry);
  if (account) remember(account, entry);
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
  const isUnsent = !entry.attempts && !entry.settledAt && entries.includes(entry);
  if (isUnsent) return drop(entry);
  add({ id: newId(), at: now(), kind: "undo", of: entry.id, selection: entry.selection, value: {}, before: entry.before, what: entry });
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
  forget(account, entry);
  tell("revert", entry);
  publish();
}

// --- sending --------------------------------------------------------------------------------------------------------

const post = ({ id, kind, selection, value, of }) =>
  kind === "undo" ? call("POST", `/images/actions/${of}/undo`) : call("POST", "/images/actions", { id, kind, selection, value });

const isPassing = (problem) => problem.status === 0 || problem.status >= 500 || [401, 408, 425, 429].includes(problem.status);

async function sendFirst(entry) {
  entry.attempts = (entry.attempts ?? 0) + 1;
  remember(account, entry);
  try {
    entry.answer = await post(entry);
  } catch (problem) {
    // A fault of the server's own that does not pass must not hold up all that comes after it.
    const isHopeless = problem.status >= 500 && problem.status !== 503 && entry.attempts >= ATTEMPTS;
    if (isPassing(problem) && !isHopeless) throw problem;
    drop(entry);
    return toast(problem.message, { tone: "bad" });
  }
  entry.settledAt = performance.now();
  forget(account, entry);
  tell("settled", entry);
  setTimeout(() => (entries = entries.filter((other) => other !== entry)), SETTLED_MS);
}

const next = () => entries.find((entry) => !entry.settledAt);

async function sendAll() {
  account ??= await adopt();
  while (next()) {
    await sendFirst(next());
    failures = 0;
    publish();
  }
}

/** Who is signed in; what they left here before a reload is taken up again, before what is new. */
async function adopt() {
  const { id } = await call("GET", "/me");
  entries.filter((entry) => !entry.settledAt).forEach((entry) => remember(id, entry));
  const known = new Set(entries.map((entry) => entry.id));
  const kept = remembered(id).filter((entry) => !known.has(entry.id));
  entries = [...kept, ...entries];
  kept.forEach((entry) => tell("apply", entry));
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

/** Take up what a reload left behind. Call once somebody is signed in; safe to repeat. */
export const resume = send;
