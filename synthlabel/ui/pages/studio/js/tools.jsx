import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { call, keyOf, moneyLabel, onCommand, PLAIN, settle } from "./shared.js";
import { TOOLS } from "./tile.jsx";

/** What neither a link nor a single key may do by itself, because it costs money: it is offered, at its price. */
function Proposal({ tool, imageId, byKey, onUse, onClose }) {
  const [price, setPrice] = useState("");
  const [problem, setProblem] = useState("");
  const button = useRef(null);
  const Icon = tool.icon;
  useEffect(() => {
    let isCurrent = true;
    call("POST", `/images/${encodeURIComponent(imageId)}/tools/${tool.task}/estimate`, { params: tool.params }).then(
      ({ price_usd }) => isCurrent && setPrice(price_usd),
      (refused) => isCurrent && setProblem(refused.message),
    );
    return () => (isCurrent = false);
  }, [imageId, tool]);
  useEffect(() => {
    if (byKey) button.current?.focus();
  }, [byKey]);
  const close = () => {
    onClose();
    if (byKey) document.querySelector(`[data-image="${CSS.escape(imageId)}"] a`)?.focus();
  };
  const use = () => {
    if (!price) return;
    onUse(price);
    close();
  };
  return (
    <section
      aria-label="A proposal"
      onKeyDown={(event) => event.key === "Escape" && close()}
      className="enter sticky bottom-[calc(var(--bottom-bar)+12px)] z-20 mt-4 flex flex-wrap items-center gap-3 rounded-lg border border-amber/50 bg-surface p-3 shadow-float lg:bottom-4"
    >
      <Icon size={16} aria-hidden className="text-amber" />
      <p className="m-0 min-w-0 flex-1">
        {tool.text}: {byKey ? "the image with the focus." : "the image that you came from."}
        {problem && <span className="block text-sm text-bad">{problem}</span>}
      </p>
      <button ref={button} type="button" aria-disabled={!price} onClick={use} className={`${PLAIN} aria-disabled:opacity-50`}>
        Do it · <span className="font-mono">{price ? moneyLabel(price) : "…"}</span>
      </button>
      <button type="button" aria-label="Not now" onClick={close} className="grid size-8 place-items-center rounded text-muted hover:bg-raised hover:text-ink">
        <X size={14} aria-hidden />
      </button>
    </section>
  );
}

/**
 * Hears `run("tool", { task, imageId, price, byKey })`: with the price that was seen it is done, without it is proposed.
 * One key per tool and image until the server has answered it (`answered`), so that a press repeated over a lost
 * connection does not pay twice.
 */
export function Tools({ answered, onTool }) {
  const [proposal, propose] = useState(null);
  const latest = useRef(onTool);
  latest.current = onTool;
  const use = (task, imageId, price) => latest.current?.(keyOf("tool", task, imageId), task, imageId, Math.round(Number(price) * 1e6));
  useEffect(() => settle(answered), [answered]);
  useEffect(
    () =>
      onCommand("tool", ({ task, imageId, price, byKey }) => {
        if (price) use(task, imageId, price);
        else propose({ tool: TOOLS.find((tool) => tool.task === task), imageId, byKey });
      }),
    [],
  );
  if (!proposal) return null;
  const { tool, imageId } = proposal;
  return <Proposal key={`${tool.task} ${imageId}`} {...proposal} onUse={(price) => use(tool.task, imageId, price)} onClose={() => propose(null)} />;
}
