import { Rows3, X } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

import { PLAIN } from "./shared.js";
import { forgetWritten, written } from "./written.js";

const DELAY_MS = 400;
const MAX_HEIGHT = "40dvh";

// Storage may be switched off by the browser: then only the server's copy remains.
const store = (work) => {
  try {
    return work(window.localStorage);
  } catch {
    return null;
  }
};

/** Where form and results share the screen's place, what was taken into the form brings the form forward. */
function showTab(id) {
  const tab = document.getElementById(id);
  if (tab?.closest("label")?.offsetParent) tab.click();
}

/**
 * A text that is never lost. Every change goes into the browser's storage at once, and to the server when typing
 * pauses; the stored copy is dropped when the server shows that it has the same text. What the server says is only
 * taken when `revision` changes: "" (nothing read yet), "load…" (read again: what is newer here wins), or "take…"
 * (the person put another text there: it replaces this one).
 */
function useKeptText({ value, revision, storageKey, tabId, onSave }) {
  const box = useRef(null);
  const timer = useRef(null);
  const dirty = useRef(false);
  const latest = useRef({ value, revision, storageKey, onSave });
  latest.current = { value, revision, storageKey, onSave };
  const [length, setLength] = useState(0);

  const flush = useCallback(() => {
    if (timer.current === null || !latest.current.revision) return;
    clearTimeout(timer.current);
    timer.current = null;
    latest.current.onSave?.(box.current.value);
  }, []);

  const keep = useCallback(() => {
    const text = box.current.value;
    dirty.current = true;
    setLength(text.length);
    const key = latest.current.storageKey;
    if (key) store((storage) => storage.setItem(key, text));
    clearTimeout(timer.current);
    timer.current = setTimeout(flush, DELAY_MS);
  }, [flush]);

  useEffect(() => {
    if (!revision) return;
    const key = latest.current.storageKey;
    const mine = dirty.current ? box.current.value : store((storage) => storage.getItem(key));
    const mineIsNewer = revision.startsWith("load") && mine !== null && mine !== latest.current.value;
    box.current.value = mineIsNewer ? mine : latest.current.value;
    setLength(box.current.value.length);
    if (mineIsNewer) {
      keep();
      flush();
      return;
    }
    clearTimeout(timer.current);
    timer.current = null;
    dirty.current = false;
    store((storage) => storage.removeItem(key));
    if (revision.startsWith("take")) showTab(tabId);
    if (revision.startsWith("take-focus")) box.current.focus();
  }, [revision, tabId, keep, flush]);

  useEffect(() => {
    if (!revision || timer.current !== null || value !== box.current.value) return;
    dirty.current = false;
    store((storage) => storage.removeItem(latest.current.storageKey));
  }, [value, revision]);

  useEffect(() => {
    // Typed before the page's code arrived
    if (box.current.value) keep();
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [keep, flush]);

  return { box, length, keep, flush };
}

/** Put a text in the place of all that is there, as typing would: the browser's own undo takes it back. */
function replaceAll(box, text) {
  box.focus();
  box.select();
  if (document.execCommand("insertText", false, text) || box.value === text) return;
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Alt + ↑ goes back through what was written before, Alt + ↓ forward to what is being written. */
function useEarlier(box) {
  const at = useRef(-1);
  const mine = useRef("");
  const startAnew = () => (at.current = -1);
  const go = async (by) => {
    const items = await written();
    const place = Math.min(items.length - 1, Math.max(-1, at.current + by));
    if (place === at.current) return;
    if (at.current < 0) mine.current = box.current.value;
    at.current = place;
    replaceAll(box.current, place < 0 ? mine.current : items[place].text);
    at.current = place; // `replaceAll` counts as typing, which starts anew
  };
  return [go, startAnew];
}

const filledLines = (text) => text.split("\n").filter((line) => line.trim()).length;

/** Says what lines mean, where there are several: one prompt each, or one prompt in all. */
function LinesRemark({ lines, count, isOffered, onLines, onDismiss }) {
  if (lines)
    return (
      <p className="m-0 mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
        <Rows3 size={14} aria-hidden className="text-amber" />
        Each line is a prompt{count > 0 && <span className="font-mono">({count})</span>}
        <button type="button" onClick={() => onLines(false)} className="min-h-6 underline underline-offset-2 hover:text-ink">
          Make it one prompt
        </button>
      </p>
    );
  if (count < 2) return null;
  const words = `Make ${count} prompts of these lines`;
  if (!isOffered)
    return (
      <button type="button" onClick={() => onLines(true)} className="mt-1.5 min-h-6 text-sm text-muted underline underline-offset-2 hover:text-ink">
        {words}
      </button>
    );
  return (
    <p role="status" className="enter m-0 mt-1.5 flex items-center gap-1">
      <button type="button" onClick={() => onLines(true)} className={PLAIN}>
        <Rows3 size={14} aria-hidden /> {words}
      </button>
      <button type="button" aria-label="Leave it one prompt" onClick={onDismiss} className="grid size-8 place-items-center rounded text-muted hover:bg-raised hover:text-ink">
        <X size={14} aria-hidden />
      </button>
    </p>
  );
}

/**
 * A prompt: grows with its text, counts near its limit, and presses the button `submitId` on Mod+Enter. With `onLines` it
 * offers to make a prompt of each line, and goes through earlier ones.
 */
export function PromptText(props) {
  const { id, rows = 2, placeholder, limit, invalid, describedBy, submitId, lines, onLines } = props;
  const { box, length, keep, flush } = useKeptText(props);
  const [isOffered, offer] = useState(false);
  const [goBack, startAnew] = useEarlier(box);
  const count = onLines && box.current ? filledLines(box.current.value) : 0;
  const over = !lines && length > limit;

  useLayoutEffect(() => {
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight + 2}px`;
  }, [box, length]);

  const submit = (event) => {
    event.preventDefault();
    if (event.repeat) return;
    flush();
    forgetWritten();
    document.getElementById(submitId)?.click();
  };
  const onKeyDown = (event) => {
    if (event.nativeEvent.isComposing) return;
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && !event.shiftKey) submit(event);
    else if (by && onLines && event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      goBack(by);
    }
  };
  const onPaste = (event) => filledLines(event.clipboardData.getData("text/plain")) > 1 && offer(true);
  const setLines = (on) => {
    offer(false);
    onLines(on, box.current.value);
  };

  return (
    <div className="relative">
      <textarea
        ref={box}
        id={id}
        rows={rows}
        defaultValue=""
        placeholder={placeholder}
        autoComplete="off"
        aria-invalid={invalid || over || undefined}
        aria-describedby={describedBy || undefined}
        aria-keyshortcuts={onLines ? "Control+Enter Alt+ArrowUp Alt+ArrowDown" : "Control+Enter"}
        onInput={() => (startAnew(), keep())}
        onBlur={flush}
        onPaste={onLines ? onPaste : undefined}
        onKeyDown={onKeyDown}
        style={{ maxHeight: MAX_HEIGHT }}
        className={
          "block w-full resize-none rounded border border-control/60 bg-raised px-3 py-2 text-base leading-5 text-ink " +
          "hover:border-control aria-invalid:border-bad max-sm:text-lg"
        }
      />
      {limit > 0 && !lines && length > limit * 0.8 && (
        <span className={`mt-1 block text-right font-mono text-xs ${over ? "text-bad" : "text-muted"}`}>
          {length.toLocaleString("en")} / {limit.toLocaleString("en")}
        </span>
      )}
      {onLines && <LinesRemark lines={lines} count={count} isOffered={isOffered} onLines={setLines} onDismiss={() => offer(false)} />}
    </div>
  );
}
