import { useCallback, useEffect, useRef, useState } from "react";

const ECHO_WAIT_MS = 3000;

/**
 * What a control shows while the server has not answered yet.
 *
 * The draft is shown at once and sent after `delay` ms. Answers that only echo what was sent are ignored, so that a
 * late one never overwrites what was typed since; any other value from the server is the server's word and is taken.
 */
export function useDraft(value, commit, delay = 0) {
  const [draft, setDraft] = useState(value);
  const latest = useRef(value);
  const timer = useRef(null);
  const sent = useRef([]);
  const commitRef = useRef(commit);
  commitRef.current = commit;

  const flush = useCallback(() => {
    if (timer.current === null) return;
    clearTimeout(timer.current);
    timer.current = null;
    const entry = { value: latest.current };
    sent.current.push(entry);
    setTimeout(() => (sent.current = sent.current.filter((other) => other !== entry)), ECHO_WAIT_MS);
    commitRef.current?.(latest.current);
  }, []);

  const change = useCallback(
    (next) => {
      latest.current = next;
      setDraft(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(flush, delay);
      if (!delay) flush();
    },
    [delay, flush],
  );

  useEffect(() => {
    const echo = sent.current.findIndex((entry) => entry.value === value);
    if (echo >= 0) sent.current.splice(0, echo + 1);
    else if (timer.current === null) {
      latest.current = value;
      setDraft(value);
    }
  }, [value]);

  useEffect(() => {
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [flush]);

  return [draft, change, flush];
}
