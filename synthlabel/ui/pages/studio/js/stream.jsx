import { useEffect, useLayoutEffect, useRef, useState } from "react";

/** Two lines of a text, and the rest on request. */
export function Clamped({ text = "", className = "" }) {
  const box = useRef(null);
  const [open, setOpen] = useState(false);
  const [overflows, setOverflows] = useState(false);
  useLayoutEffect(() => {
    const measure = () => setOverflows((before) => (open ? before : box.current.scrollHeight > box.current.clientHeight + 1));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [text, open]);
  return (
    <div className={className}>
      <p ref={box} className={`m-0 whitespace-pre-wrap break-words ${open ? "" : "line-clamp-2"}`}>
        {text}
      </p>
      {overflows && (
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="mt-0.5 min-h-6 text-sm text-muted underline underline-offset-2 hover:text-ink"
        >
          {open ? "less" : "more"}
        </button>
      )}
    </div>
  );
}

/** A button for the next page that presses itself when it comes into view. */
export function NextPage({ label, busy, onNext }) {
  const button = useRef(null);
  const latest = useRef({});
  latest.current = { busy, onNext };
  useEffect(() => {
    const observer = new IntersectionObserver(
      ([entry]) => entry.isIntersecting && !latest.current.busy && latest.current.onNext?.(),
      { rootMargin: "600px" },
    );
    observer.observe(button.current);
    return () => observer.disconnect();
  }, []);
  return (
    <button
      ref={button}
      type="button"
      disabled={busy}
      onClick={() => onNext?.()}
      className="mx-auto block h-9 rounded border border-line px-4 text-muted hover:text-ink disabled:opacity-60"
    >
      {busy ? "Loading…" : label}
    </button>
  );
}

const clock = (date) => date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
const isToday = (date) => date.toDateString() === new Date().toDateString();

/** A time to come, on this person's clock: "about 14:02". Nothing once it has passed. */
export function ClockTime({ value, words = "", exact = false, className }) {
  const date = new Date(value);
  if (!value || Number.isNaN(date.getTime()) || (!exact && date <= new Date())) return null;
  const day = isToday(date) ? "" : `${date.toLocaleDateString(undefined, { weekday: "long" })} `;
  return (
    <time dateTime={value} className={className}>
      {words}
      {day}
      {clock(date)}
    </time>
  );
}

/** Asks for a look at what is on its way, as long as something is and somebody sees it. */
export function Clockwork({ isOn, everySeconds = 20, onTick }) {
  const tick = useRef(onTick);
  tick.current = onTick;
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setInterval(() => document.visibilityState === "visible" && tick.current?.(), everySeconds * 1000);
    return () => clearInterval(timer);
  }, [isOn, everySeconds]);
  return null;
}
