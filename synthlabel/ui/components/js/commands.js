const EVENT = "synthlabel:command";

/** Ask the shell for something, from wherever: `theme`, `keys`, `palette`, `sign-out`, `toast`. */
export const run = (name, detail) => window.dispatchEvent(new CustomEvent(EVENT, { detail: { name, detail } }));

export function onCommand(name, act) {
  const listen = (event) => event.detail.name === name && act(event.detail.detail);
  window.addEventListener(EVENT, listen);
  return () => window.removeEventListener(EVENT, listen);
}

/** Show a message; `undo` makes a button of it. */
export const toast = (text, { tone = "neutral", undo } = {}) => run("toast", { text, tone, undo });
