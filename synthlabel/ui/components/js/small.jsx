import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";

const STEPS = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86400, "hour", 3600],
  [604800, "day", 86400],
];

function relative(seconds) {
  const past = Math.max(0, seconds);
  if (past < 10) return "just now";
  const found = STEPS.find(([limit]) => past < limit);
  if (!found) return null;
  return new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" }).format(-Math.floor(past / found[2]), found[1]);
}

const exact = (date) => date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
const day = (date) => date.toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });

/** "3 min ago", with the exact time on hover. */
export function RelativeTime({ value, className }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 10_000);
    return () => clearInterval(timer);
  }, []);
  const date = new Date(value);
  if (!value || Number.isNaN(date.getTime())) return null;
  return (
    <time dateTime={value} title={exact(date)} className={className}>
      {relative((Date.now() - date) / 1000) ?? day(date)}
    </time>
  );
}

/** Time since `since`, or between `since` and `until`: 0:07, 12:31, 1:02:09. */
export function Elapsed({ since, until, className }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (until) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [until]);
  if (!since) return null;
  const total = Math.max(0, Math.round(((until ? Date.parse(until) : now) - Date.parse(since)) / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const pad = (number) => String(number).padStart(2, "0");
  return (
    <span className={className} title="Elapsed">
      {hours ? `${hours}:${pad(minutes)}:${pad(seconds)}` : `${minutes}:${pad(seconds)}`}
    </span>
  );
}

/** A value that a click copies: says so, and says when it did. */
export function CopyText({ value, text, label = "Copy", className = "" }) {
  const [copied, setCopied] = useState(false);
  const copy = async (event) => {
    event.stopPropagation();
    await navigator.clipboard.writeText(value);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  const Icon = copied ? Check : Copy;
  const seen = text ?? value;
  // What is seen is part of what is read aloud, so that it can be asked for by voice.
  const name = label.includes(seen) ? label : `${label}: ${seen}`;
  return (
    <button
      type="button"
      onClick={copy}
      aria-label={name}
      title={copied ? "Copied" : label}
      data-copied={copied || undefined}
      className={`inline-flex min-h-6 items-center gap-1.5 rounded-sm text-left hover:text-ink ${className}`}
    >
      {seen !== "" && <span className="min-w-0 truncate">{seen}</span>}
      <Icon size={14} aria-hidden className={`shrink-0 ${copied ? "text-ok" : ""}`} />
      <span role="status" className="sr-only">
        {copied && "Copied"}
      </span>
    </button>
  );
}
