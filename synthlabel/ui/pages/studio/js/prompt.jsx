import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

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

/** A prompt: grows with its text, counts near its limit, and presses the button `submitId` on Mod+Enter. */
export function PromptText(props) {
  const { id, rows = 2, placeholder, limit, invalid, describedBy, submitId } = props;
  const { box, length, keep, flush } = useKeptText(props);
  const over = length > limit;

  useLayoutEffect(() => {
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight + 2}px`;
  }, [box, length]);

  const onKeyDown = (event) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    if (event.repeat) return;
    flush();
    document.getElementById(submitId)?.click();
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
        onInput={keep}
        onBlur={flush}
        onKeyDown={onKeyDown}
        style={{ maxHeight: MAX_HEIGHT }}
        className={
          "block w-full resize-none rounded border border-control/60 bg-raised px-3 py-2 text-base leading-5 text-ink " +
          "hover:border-control aria-invalid:border-bad max-sm:text-lg"
        }
      />
      {limit > 0 && length > limit * 0.8 && (
        <span className={`mt-1 block text-right font-mono text-xs ${over ? "text-bad" : "text-muted"}`}>
          {length.toLocaleString("en")} / {limit.toLocaleString("en")}
        </span>
      )}
    </div>
  );
}
