import { History, Search } from "lucide-react";
import { useEffect, useState } from "react";

import { Dialog, onCommand, QUIET, run } from "./shared.js";
import { findWritten } from "./written.js";

const PAUSE_MS = 200;

function useHistory(words, isOpen) {
  const [state, setState] = useState({ items: null, problem: "" });
  useEffect(() => {
    if (!isOpen) return undefined;
    let isCurrent = true;
    const timer = setTimeout(
      () =>
        findWritten(words).then(
          (items) => isCurrent && setState({ items, problem: "" }),
          (problem) => isCurrent && setState({ items: [], problem: problem.message }),
        ),
      words ? PAUSE_MS : 0,
    );
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [words, isOpen]);
  return state;
}

function move(event, by) {
  const rows = [...event.currentTarget.querySelectorAll("button[data-row]")];
  const next = rows[rows.indexOf(document.activeElement) + by];
  if (next) next.focus();
  else if (by < 0) event.currentTarget.querySelector("input")?.focus();
  event.preventDefault();
}

function Written({ item, onTake }) {
  return (
    <li>
      <button type="button" data-row onClick={() => onTake(item.text)} className="flex w-full flex-col gap-1 rounded px-3 py-2 text-left hover:bg-raised focus:bg-raised">
        <span className="line-clamp-3 break-words whitespace-pre-wrap">{item.text}</span>
        <span className="text-xs text-muted">
          <time dateTime={item.last_used_at}>{new Date(item.last_used_at).toLocaleDateString(undefined, { day: "numeric", month: "short" })}</time>
          {item.uses > 1 && `, used ${item.uses} times`}
          {item.is_template && ", with alternatives"}
        </span>
      </button>
    </li>
  );
}

/** All prompts that were sent off, to be searched and taken again. */
export function PromptHistory({ onTake }) {
  const [open, setOpen] = useState(false);
  const [words, setWords] = useState("");
  const { items, problem } = useHistory(words, open);
  useEffect(() => onCommand("prompt-history", () => setOpen(true)), []);
  const onKeyDown = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) move(event, by);
  };
  const take = (text) => {
    setOpen(false);
    onTake?.(text);
  };
  return (
    <>
      <button type="button" title="Prompts that you wrote before (H; Alt + ↑ in the prompt)" onClick={() => run("prompt-history")} className={QUIET}>
        <History size={14} aria-hidden /> History
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Prompts that you wrote" wide>
        <div onKeyDown={onKeyDown} className="flex min-h-0 flex-col gap-3">
          <label className="flex shrink-0 items-center gap-2 rounded border border-control/60 bg-raised px-3 focus-within:outline-2 focus-within:outline-amber">
            <Search size={16} aria-hidden className="text-muted" />
            <span className="sr-only">Search in your prompts</span>
            <input type="search" autoFocus value={words} onChange={(event) => setWords(event.target.value)} placeholder="Search in your prompts" className="h-10 min-w-0 flex-1 bg-transparent text-lg outline-none" />
          </label>
          <ul aria-busy={items === null} className="m-0 -mx-3 flex list-none flex-col overflow-y-auto p-0">
            {items?.map((item) => (
              <Written key={item.text} item={item} onTake={take} />
            ))}
          </ul>
          <p role="status" className={problem ? "text-bad" : "text-muted"}>
            {problem || (items?.length === 0 && (words ? "You wrote nothing like that." : "What you generate is listed here."))}
          </p>
        </div>
      </Dialog>
    </>
  );
}
