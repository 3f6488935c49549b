import { CircleX, RotateCw, Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { canCancel, canRetry, jobsOf, sumOf, TASKS, VIEWS } from "./activity_words.js";
import { call } from "./api.js";
import { SegmentedControl } from "./controls.jsx";

const TYPING_MS = 250;
const BOX = "h-9 rounded border border-control/60 bg-raised hover:border-control";
const BUTTON = "inline-flex h-9 shrink-0 items-center gap-2 rounded border border-line bg-raised px-3 font-medium whitespace-nowrap hover:border-control disabled:opacity-50";
const WHO = [
  { value: "", label: "Mine" },
  { value: "everyone", label: "Everyone's" },
];

const countOf = (counts, statuses) =>
  (statuses.length ? statuses : Object.keys(counts)).reduce((sum, status) => sum + (counts[status] ?? 0), 0);

/** What is shown, by state, with how many there are. */
function Views({ view, counts, onChange }) {
  const box = useRef(null);
  useEffect(() => {
    box.current.querySelector("[aria-pressed=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [view]);
  return (
    <div ref={box} role="group" aria-label="Show" className="flex gap-1 overflow-x-auto py-0.5 max-sm:-mx-3 max-sm:px-3">
      {VIEWS.map(([value, name, statuses]) => (
        <button
          key={value}
          type="button"
          aria-pressed={view === value}
          onClick={() => onChange({ view: value })}
          className={`inline-flex h-9 shrink-0 items-center gap-2 rounded px-3 font-medium ${view === value ? "bg-raised text-ink" : "text-muted hover:bg-raised hover:text-ink"}`}
        >
          {name}
          <span className="font-mono text-xs text-muted">{countOf(counts, statuses).toLocaleString("en")}</span>
        </button>
      ))}
    </div>
  );
}

function SearchBox({ text, onChange }) {
  const [typed, setTyped] = useState(text);
  const timer = useRef(null);
  useEffect(() => setTyped(text), [text]);
  const type = (value) => {
    setTyped(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange({ q: value.trim() }, { replace: true }), TYPING_MS);
  };
  return (
    <label className={`relative flex min-w-0 basis-full items-center sm:max-w-72 sm:flex-1 sm:basis-auto ${BOX}`}>
      <Search size={16} aria-hidden className="pointer-events-none absolute left-3 text-muted" />
      <input
        type="search"
        data-search
        aria-label="Search the prompts"
        placeholder="Search the prompts"
        value={typed}
        maxLength={200}
        onChange={(event) => type(event.target.value)}
        className="h-full w-full rounded bg-transparent pr-3 pl-9 text-ink"
      />
    </label>
  );
}

function Choice({ label, value, options, onChange }) {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)} className={`${BOX} min-w-0 flex-1 px-2 text-ink sm:max-w-44 sm:flex-none`}>
      <option value="">{label}</option>
      {options.map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

function useModels() {
  const [models, setModels] = useState([]);
  useEffect(() => {
    call("GET", "/catalog").then(
      (catalog) => setModels(catalog.models.map((model) => [model.id, model.name])),
      () => null,
    );
  }, []);
  return models;
}

/** The filters. `change` writes them into the address. */
export function Filters({ wanted, counts, me, change, onCancelWaiting }) {
  const models = useModels();
  const waiting = counts.queued ?? 0;
  const isFiltered = wanted.q || wanted.model || wanted.task || wanted.batch;
  return (
    <div className="z-10 -mx-3 flex flex-col gap-2 bg-canvas px-3 py-3 sm:sticky sm:top-14 sm:-mx-5 sm:px-5">
      <Views view={wanted.view} counts={counts} onChange={change} />
      <div className="flex flex-wrap items-center gap-2">
        <SearchBox text={wanted.q} onChange={change} />
        <Choice label="Any model" value={wanted.model} options={models} onChange={(model) => change({ model })} />
        <Choice label="Any kind" value={wanted.task} options={Object.entries(TASKS)} onChange={(task) => change({ task })} />
        {me?.role === "admin" && <SegmentedControl label="Whose" value={wanted.who} options={WHO} onChange={(who) => change({ who })} />}
        {wanted.batch && (
          <button type="button" onClick={() => change({ batch: "" })} className={BUTTON}>
            One batch <X size={14} aria-label="Show all again" />
          </button>
        )}
        {isFiltered && !wanted.batch && (
          <button type="button" onClick={() => change({ q: "", model: "", task: "" })} className="h-9 rounded px-2 text-muted hover:text-ink">
            Clear
          </button>
        )}
        {waiting > 0 && wanted.who === "" && (
          <button type="button" onClick={onCancelWaiting} title="Nothing was sent, nothing is charged." className={`${BUTTON} sm:ml-auto`}>
            <CircleX size={16} aria-hidden /> Cancel all waiting
          </button>
        )}
      </div>
    </div>
  );
}

/** What can be done to the ticked ones, and what that costs. */
export function TickedBar({ jobs, actions, onClear }) {
  if (!jobs.length) return null;
  const [again, stoppable] = [jobs.filter(canRetry), jobs.filter(canCancel)];
  const unconfirmed = jobs.filter((job) => job.status === "unknown").length;
  return (
    <div role="region" aria-label="Chosen jobs" className="sticky bottom-[calc(var(--bottom-bar)+8px)] z-10 mx-auto flex w-full max-w-3xl flex-wrap items-center gap-2 rounded-lg border border-line bg-surface p-2 shadow-float sm:bottom-3">
      <button type="button" aria-label="Choose none" onClick={onClear} className="grid size-9 shrink-0 place-items-center rounded text-muted hover:bg-raised hover:text-ink">
        <X size={16} aria-hidden />
      </button>
      <span role="status" className="mr-auto pr-2 font-medium whitespace-nowrap">
        {jobs.length.toLocaleString("en")} chosen
      </span>
      {unconfirmed > 0 && <span className="px-1 text-sm text-warn max-sm:order-last max-sm:basis-full">{jobsOf(unconfirmed)} unconfirmed: each is decided by itself</span>}
      <button type="button" disabled={!again.length} onClick={() => actions.retry()} className={BUTTON}>
        <RotateCw size={16} aria-hidden /> Retry {again.length || ""}
        {again.length > 0 && <span className="font-mono">{sumOf(again)}</span>}
      </button>
      <button type="button" disabled={!stoppable.length} onClick={() => actions.cancel()} className={BUTTON}>
        <CircleX size={16} aria-hidden /> Cancel {stoppable.length || ""}
      </button>
    </div>
  );
}
