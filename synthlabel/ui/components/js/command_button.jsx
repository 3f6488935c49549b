import { run } from "./commands.js";

/** The first thing that Tab reaches: past the frame, to the page. */
export function SkipLink() {
  return (
    <a
      href="#content"
      onClick={(event) => (event.preventDefault(), document.getElementById("content")?.focus())}
      className="fixed top-2 left-2 z-50 -translate-y-16 rounded bg-amber px-3 py-2 font-medium text-on-amber focus:translate-y-0"
    >
      Skip to the content
    </a>
  );
}

/** A button for something that the shell does in the browser. */
export function CommandButton({ command, label, className, children }) {
  return (
    <button type="button" aria-label={label} onClick={() => run(command)} className={className}>
      {children}
    </button>
  );
}
