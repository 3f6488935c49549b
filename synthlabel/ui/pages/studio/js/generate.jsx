import { LoaderCircle, Sparkles } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { newKey } from "./shared.js";

const DOUBLE_CLICK_MS = 400;

/** Where form and results share the screen's place, a request that was taken brings the results forward. Newest first. */
function showResults(tabId, streamId) {
  const tab = document.getElementById(tabId);
  if (!tab?.closest("label")?.offsetParent) return document.getElementById(streamId)?.scrollTo({ top: 0 });
  tab.click();
  window.scrollTo({ top: 0 });
}

function focusMistake(formId) {
  document.querySelector(`#${formId} [aria-invalid=true]`)?.focus();
}

/**
 * The button that costs money. One key per intention: it stays the same until the server has answered it
 * (`answered`: the key, ":", and "accepted" or "refused"), so that neither a double click nor a click repeated over a lost connection pays twice.
 */
export function GenerateButton({ id, price, priceMicros, stale, answered, revision, resultsId, streamId, formId, promptId, onGenerate }) {
  const key = useRef(null);
  const asked = useRef([]);
  const clickedAt = useRef(-Infinity);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    const [answeredKey, outcome] = (answered ?? "").split(":");
    if (!key.current || answeredKey !== key.current) return undefined;
    key.current = null;
    setBusy(false);
    const frame = requestAnimationFrame(() => (outcome === "accepted" ? showResults(resultsId, streamId) : focusMistake(formId)));
    return () => cancelAnimationFrame(frame);
  }, [answered, resultsId, streamId, formId]);

  // A click may be lost with the connection. When the form has been read anew the same one is sent again.
  useEffect(() => {
    if (key.current && revision?.startsWith("load")) onGenerate?.(key.current, ...asked.current);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [revision]);

  const generate = () => {
    const now = performance.now();
    const again = now - clickedAt.current < DOUBLE_CLICK_MS;
    clickedAt.current = now;
    if (again) return;
    // With the click, so that a text whose saving was lost with the connection is not replaced by an older one, and
    // nothing is paid but the price that was seen
    asked.current = [document.getElementById(promptId)?.value ?? "", priceMicros ?? 0];
    key.current ??= newKey();
    setBusy(true);
    onGenerate?.(key.current, ...asked.current);
  };

  const Icon = busy ? LoaderCircle : Sparkles;
  return (
    <button
      id={id}
      type="button"
      // Before the form has been read a click would be lost, or send an older text than the one on the screen.
      disabled={!revision}
      aria-busy={busy}
      aria-keyshortcuts="Control+Enter Meta+Enter"
      onClick={generate}
      className="flex h-11 min-w-0 flex-1 items-center justify-center gap-2 rounded bg-amber px-4 text-lg font-semibold text-on-amber hover:bg-amber/85"
    >
      <Icon size={16} aria-hidden className={`shrink-0 ${busy ? "spinner" : ""}`} />
      <span>Generate</span>
      {price && (
        <>
          <span> · </span>
          <span className={`font-mono text-base ${stale ? "opacity-80" : ""}`}>{price}</span>
        </>
      )}
    </button>
  );
}
