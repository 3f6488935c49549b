import { CircleAlert } from "lucide-react";
import { useEffect } from "react";

import { dropFailed, resume, retryFailed, useOutbox } from "./gallery_outbox.js";
import { number } from "./gallery_words.js";

const BUTTON = "h-7 rounded px-2 font-medium hover:bg-surface";

/** Takes up what a reload left behind, on whichever page that is; and says at what the server failed. */
export function OutboxBar() {
  const { failed } = useOutbox();
  useEffect(() => void resume(), []);
  if (!failed) return null;
  return (
    <div role="alert" className="flex flex-wrap items-center justify-center gap-x-2 border-b border-line bg-raised px-4 py-1 text-sm">
      <CircleAlert size={14} aria-hidden className="text-bad" />
      <span>The server failed at {failed === 1 ? "1 change" : `${number(failed)} changes`} that you made to images.</span>
      <button type="button" onClick={retryFailed} className={`${BUTTON} text-amber`}>
        Try again
      </button>
      <button type="button" onClick={dropFailed} className={`${BUTTON} text-muted hover:text-ink`}>
        Give up
      </button>
    </div>
  );
}
