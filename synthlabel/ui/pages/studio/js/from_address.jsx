import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";

import { call, moneyLabel, newKey, PLAIN } from "./shared.js";
import { TOOLS } from "./tile.jsx";

/** What a link may not do by itself, because it costs money: it is offered. */
function Proposal({ tool, imageId, onTool, onClose }) {
  const [price, setPrice] = useState("");
  const [problem, setProblem] = useState("");
  const Icon = tool.icon;
  useEffect(() => {
    let isCurrent = true;
    call("POST", `/images/${encodeURIComponent(imageId)}/tools/${tool.task}/estimate`, { params: tool.params }).then(
      ({ price_usd }) => isCurrent && setPrice(moneyLabel(price_usd)),
      (refused) => isCurrent && setProblem(refused.message),
    );
    return () => (isCurrent = false);
  }, [imageId, tool]);
  return (
    <section aria-label="A proposal" className="enter mb-4 flex flex-wrap items-center gap-3 rounded-lg border border-amber/50 bg-surface p-3">
      <Icon size={16} aria-hidden className="text-amber" />
      <p className="m-0 min-w-0 flex-1">
        {tool.text}: the image that you came from.
        {problem && <span className="block text-sm text-bad">{problem}</span>}
      </p>
      <button type="button" disabled={!price} onClick={() => (onTool(newKey(), tool.action.split(":")[1], imageId), onClose())} className={PLAIN}>
        Do it · <span className="font-mono">{price || "…"}</span>
      </button>
      <button type="button" aria-label="Not now" onClick={onClose} className="grid size-8 place-items-center rounded text-muted hover:bg-raised hover:text-ink">
        <X size={14} aria-hidden />
      </button>
    </section>
  );
}

/** `/?take=seed&image=…` and `/?take=words&run=…`, as other pages link here: carried out once, then taken out of the address. */
export function FromAddress({ ready, onTake, onTool, onText }) {
  const { search, key } = useLocation();
  const [proposal, propose] = useState(null);
  const done = useRef(null);
  useEffect(() => {
    const parts = new URLSearchParams(search);
    const [what, imageId, runId] = [parts.get("take"), parts.get("image"), parts.get("run")];
    if (!ready || !what || !(imageId || runId) || done.current === key) return;
    done.current = key;
    window.history.replaceState(window.history.state, "", window.location.pathname);
    const tool = TOOLS.find((one) => one.task === what);
    if (what === "words" && runId)
      call("GET", `/generations/${encodeURIComponent(runId)}`).then(
        ({ output_text }) => output_text && onText?.(output_text),
        () => null,
      );
    else if (!imageId) return;
    else if (tool) propose({ tool, imageId });
    else onTake?.(what, imageId);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [ready, search, key]);
  return proposal && <Proposal {...proposal} onTool={onTool} onClose={() => propose(null)} />;
}
