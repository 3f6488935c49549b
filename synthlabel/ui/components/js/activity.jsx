import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { CircleAlert, CloudOff, ListChecks, RotateCw, SearchX } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";

import { JobActions } from "./activity_actions.js";
import { useWanted } from "./activity_address.js";
import { Filters, TickedBar } from "./activity_bar.jsx";
import { useJobs } from "./activity_data.js";
import { Row } from "./activity_row.jsx";
import { VIEWS } from "./activity_words.js";
import { call } from "./api.js";
import { Keys } from "./keys.jsx";

const ROW_PX = 86;
const GAP_PX = 8;
const PRIMARY = "inline-flex h-9 items-center justify-center gap-2 rounded bg-amber px-4 font-medium text-on-amber hover:bg-amber/85";
const SECONDARY = "inline-flex h-9 items-center justify-center gap-2 rounded border border-line bg-raised px-4 font-medium hover:border-control";

const key = (press, text, action) => ({ press, text, action, focus: "", outside: true });
const listed = (press, text) => ({ press, text, action: "", focus: "" });
const MOVING = [
  key("j", "The next job", "next"),
  key("k", "The job before", "before"),
  listed("arrows", "The next job, the job before"),
  { press: "/", text: "Search the prompts", action: "", focus: "[data-search]", outside: true },
  ...VIEWS.map(([, name], index) => key(String(index + 1), `Show: ${name.toLowerCase()}`, `view:${index}`)),
];
const DOING = [
  listed("enter", "Open or close its details"),
  key("o", "Open or close the details of the job", "open"),
  listed("Space", "Choose the job, or no longer; with Shift all up to it"),
  key("s", "Choose the job, or no longer", "tick"),
  key("mod+a", "Choose all that are listed", "all"),
  key("r", "Retry what failed or was cancelled", "retry"),
  key("x", "Cancel what is on its way", "cancel"),
  key("c", "Look for an unconfirmed one at the provider", "check"),
  key("shift+x", "Cancel all that wait", "cancelWaiting"),
  listed("esc", "Choose none"),
];

function useMe() {
  const [me, setMe] = useState(null);
  useEffect(() => {
    call("GET", "/me").then(setMe, () => null);
  }, []);
  return me;
}

/** A set of ids: `{has, toggle, add, clear}`; the object is new whenever it has changed. */
function useTicks(query) {
  const [ids, setIds] = useState(() => new Set());
  useEffect(() => setIds(new Set()), [query]);
  return useMemo(
    () => ({
      size: ids.size,
      has: (id) => ids.has(id),
      clear: () => setIds(new Set()),
      add: (more) => setIds((now) => new Set([...now, ...more])),
      toggle: (id) => setIds((now) => (now.has(id) ? new Set([...now].filter((one) => one !== id)) : new Set([...now, id]))),
    }),
    [ids],
  );
}

/** The row that has, or last had, the focus; its neighbour once it has left the list. */
function useCurrent(items) {
  const [id, setId] = useState(null);
  const place = useRef(0);
  const index = items.findIndex((job) => job.id === id);
  if (index >= 0) place.current = index;
  const at = index >= 0 ? index : Math.min(place.current, items.length - 1);
  return { index: at, job: items[at] ?? null, setId };
}

function useOffset(element) {
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const measure = () => element.current && setOffset(element.current.getBoundingClientRect().top + window.scrollY);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return offset;
}

/** All that was asked for, newest first: one's own, or everybody's for an administrator. */
export function Activity({ version = "" }) {
  const { wanted, query, change } = useWanted();
  const list = useJobs(query, version);
  const ticks = useTicks(query);
  const me = useMe();
  const [openId, setOpenId] = useState(null);
  const current = useCurrent(list.items);
  const box = useRef(null);
  const offset = useOffset(box);
  const virtual = useWindowVirtualizer({
    count: list.items.length,
    estimateSize: () => ROW_PX,
    gap: GAP_PX,
    overscan: 8,
    scrollMargin: offset,
    getItemKey: (index) => list.items[index].id,
  });
  const open = useCallback((id) => setOpenId((now) => (now === id ? null : id)), []);
  const actions = useMemo(() => new JobActions({ list, ticks, open: (id) => setOpenId(id) }), [list, ticks]);
  const go = useCallback(
    (index) => {
      const job = list.items[Math.max(0, Math.min(index, list.items.length - 1))];
      if (!job) return;
      current.setId(job.id);
      virtual.scrollToIndex(list.items.indexOf(job), { align: "auto" });
      focusRow(job.id);
    },
    [list, current.setId, virtual],
  );
  const latest = useRef({});
  latest.current = { list, ticks, current, actions, change };
  const hands = useMemo(() => makeHands({ latest, open, me }), [open, me]);
  const run = (name) => {
    const [what, value] = name.split(":");
    if (what === "next") go(current.index + 1);
    else if (what === "before") go(current.index - 1);
    else if (what === "view") change({ view: VIEWS[value][0] });
    else if (what === "all") ticks.add(list.items.map((job) => job.id));
    else if (what === "open") current.job && open(current.job.id);
    else if (what === "tick") current.job && ticks.toggle(current.job.id);
    else actions[what](current.job);
  };
  const onKeyDown = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && ticks.size) return ticks.clear();
    if (event.target.dataset.job === undefined || event.ctrlKey || event.metaKey || event.altKey) return undefined;
    if (by) {
      if (event.shiftKey) ticks.add([current.job.id, list.items[current.index + by]?.id].filter(Boolean));
      go(current.index + by);
    } else if (event.key === "Home") go(0);
    else if (event.key === "End") go(list.items.length - 1);
    else if (event.key === "Enter") open(event.target.dataset.job);
    else if (event.key === " ") hands.tick(event.target.dataset.job, event.shiftKey);
    else return undefined;
    return event.preventDefault();
  };
  const rows = virtual.getVirtualItems();
  useEffect(() => {
    if (rows.length && rows[rows.length - 1].index >= list.items.length - 10) list.readMore();
  });
  const ticked = list.items.filter((job) => ticks.has(job.id));
  return (
    <div className="mx-auto flex w-full max-w-7xl flex-1 flex-col px-3 pb-3 sm:px-5 sm:pb-5">
      <Keys title="Activity" bindings={MOVING} onAction={run} />
      <Keys title="The job, or those that are chosen" bindings={DOING} onAction={run} />
      <Filters {...{ wanted, me, change }} counts={list.counts} onCancelWaiting={() => actions.cancelWaiting()} />
      {list.isBehind && list.status === "ready" && <Behind list={list} />}
      <div ref={box} onKeyDown={onKeyDown} aria-busy={list.status === "loading"} role={list.items.length ? "feed" : "region"} aria-label="Jobs" className="relative flex-1" style={{ minHeight: virtual.getTotalSize() }}>
        {list.status === "loading" && <Skeletons />}
        {list.status === "error" && <Broken list={list} />}
        {list.status === "ready" && !list.items.length && <Nothing wanted={wanted} change={change} />}
        {rows.map((row) => (
          <div
            key={row.key}
            ref={virtual.measureElement}
            data-index={row.index}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${row.start - virtual.options.scrollMargin}px)` }}
          >
            <Row
              job={list.items[row.index]}
              isOpen={openId === row.key}
              isTicked={ticks.has(row.key)}
              isCurrent={row.index === current.index}
              hands={hands}
            />
          </div>
        ))}
      </div>
      {list.isReadingMore && <p className="py-2 text-center text-sm text-muted">Loading…</p>}
      <TickedBar jobs={ticked} actions={actions} onClear={ticks.clear} />
    </div>
  );
}

/** What rows call. The same object as long as possible, so that rows are drawn only when their own job changes. */
function makeHands({ latest, open, me }) {
  const tick = (id, toThere) => {
    const { list, ticks, current } = latest.current;
    const to = list.items.findIndex((job) => job.id === id);
    if (!toThere) ticks.toggle(id);
    else ticks.add(list.items.slice(Math.min(current.index, to), Math.max(current.index, to) + 1).map((job) => job.id));
    current.setId(id);
  };
  return {
    me,
    open,
    tick,
    focus: (id) => latest.current.current.setId(id),
    act: (verb, job) => latest.current.actions.one(job, verb),
    show: (changes) => latest.current.change(changes),
    click(event, job) {
      if (window.getSelection()?.toString()) return;
      if (event.shiftKey || event.ctrlKey || event.metaKey) tick(job.id, event.shiftKey);
      else open(job.id);
    },
  };
}

function focusRow(id, tries = 60) {
  const row = document.getElementById(`job-${id}`);
  if (row) row.focus({ preventScroll: true });
  else if (tries) requestAnimationFrame(() => focusRow(id, tries - 1));
}

function Skeletons() {
  return (
    <div role="status" aria-label="Loading jobs" className="flex flex-col gap-2">
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <div key={row} className="skeleton h-[78px] rounded-lg" />
      ))}
    </div>
  );
}

function Centred({ icon: Icon, title, text, children, ...props }) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-16 text-center" {...props}>
      <Icon size={28} aria-hidden className="text-muted" />
      <h2 className="text-lg font-medium">{title}</h2>
      <p className="max-w-md text-pretty text-muted">{text}</p>
      <div className="mt-3 flex gap-2">{children}</div>
    </div>
  );
}

function Broken({ list }) {
  const isRefused = list.problem?.status === 422 || list.problem?.status === 403;
  return (
    <Centred icon={CircleAlert} title={isRefused ? "This can't be shown" : "The jobs could not be loaded"} text={isRefused ? list.problem.message : "The server did not answer. Whatever is on its way goes on."} role="alert">
      {isRefused ? (
        <Link to="/activity" className={PRIMARY}>
          Show all of mine
        </Link>
      ) : (
        <button type="button" onClick={() => list.retryLoading()} className={SECONDARY}>
          <RotateCw size={16} aria-hidden /> Try again
        </button>
      )}
    </Centred>
  );
}

function Behind({ list }) {
  return (
    <p role="status" className="mb-3 flex flex-wrap items-center gap-2 rounded border border-line bg-raised px-3 py-2 text-sm text-warn">
      <CloudOff size={16} aria-hidden /> The server can't be reached: this is how it was last.
      <button type="button" onClick={() => list.refresh()} className="min-h-6 font-medium underline underline-offset-2">
        Try again
      </button>
    </p>
  );
}

function Nothing({ wanted, change }) {
  if (wanted.view || wanted.q || wanted.model || wanted.task || wanted.batch)
    return (
      <Centred icon={SearchX} title="Nothing here" text="No job fits what is chosen above.">
        <button type="button" onClick={() => change({ view: "", q: "", model: "", task: "", batch: "" })} className={PRIMARY}>
          Show all
        </button>
      </Centred>
    );
  return (
    <Centred icon={ListChecks} title="Nothing was asked for yet" text="Everything that you ask for is listed here: where it stands, what it costs, and what went wrong.">
      <Link to="/" className={PRIMARY}>
        Make the first image
      </Link>
    </Centred>
  );
}
