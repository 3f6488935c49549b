import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";

import { onCommand } from "./commands.js";

const SHOWN_MS = 6000;
const UNDO_MS = 10_000;
const ICONS = { neutral: Info, ok: CircleCheck, bad: CircleAlert, warn: CircleAlert };
const COLOURS = { neutral: "text-muted", ok: "text-ok", bad: "text-bad", warn: "text-warn" };

function Toast({ toast, onClose }) {
  const [held, hold] = useState(false);
  const Icon = ICONS[toast.tone] ?? Info;
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(onClose, toast.undo ? UNDO_MS : SHOWN_MS);
    return () => clearTimeout(timer);
  }, [held, onClose, toast]);
  return (
    <li
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
      onFocus={() => hold(true)}
      onBlur={() => hold(false)}
      className="enter pointer-events-auto flex w-full items-start gap-2.5 rounded-lg border border-line bg-surface py-2 pr-2 pl-3 shadow-float sm:w-96"
    >
      <Icon size={16} aria-hidden className={`mt-1.5 shrink-0 ${COLOURS[toast.tone] ?? COLOURS.neutral}`} />
      <p className="min-w-0 flex-1 py-1 break-words">{toast.text}</p>
      {toast.undo && (
        <button
          type="button"
          onClick={() => (toast.undo(), onClose())}
          className="h-7 shrink-0 rounded px-2 font-medium text-amber hover:bg-raised"
        >
          Undo
        </button>
      )}
      <button type="button" aria-label="Dismiss" onClick={onClose} className="grid size-7 shrink-0 place-items-center rounded text-muted hover:bg-raised hover:text-ink">
        <X size={14} aria-hidden />
      </button>
    </li>
  );
}

/** Messages of the server (`items`) and of the browser (`toast()`), newest below. Announced politely. */
export function Toasts({ items = [], onDismiss }) {
  const [own, setOwn] = useState([]);
  const next = useRef(0);
  const dismiss = useRef(onDismiss);
  dismiss.current = onDismiss;
  useEffect(
    () => onCommand("toast", (detail) => setOwn((list) => [...list.slice(-3), { ...detail, id: `own-${next.current++}` }])),
    [],
  );
  const close = useCallback((id) => {
    if (id.startsWith("own-")) setOwn((list) => list.filter((toast) => toast.id !== id));
    else dismiss.current?.(id);
  }, []);
  return (
    <div role="status" aria-live="polite" aria-label="Messages" data-toasts>
    <ol className="pointer-events-none fixed inset-x-3 bottom-[calc(var(--bottom-bar,0px)+12px)] z-50 flex flex-col items-center gap-2 sm:right-4 sm:bottom-4 sm:left-auto sm:items-end">
      {[...items, ...own].map((toast) => (
        <Closing key={toast.id} toast={toast} close={close} />
      ))}
    </ol>
    </div>
  );
}

function Closing({ toast, close }) {
  const onClose = useCallback(() => close(toast.id), [close, toast.id]);
  return <Toast toast={toast} onClose={onClose} />;
}
