import { useEffect } from "react";

/** Remember a choice that shapes the frame. `EARLY` in kept.py applies it before the first paint, so nothing jumps. */
export function keep(name, value) {
  localStorage.setItem(name, value);
  document.documentElement.dataset[name] = value;
}

/** Keeps what the server says, once it says something. */
export function Kept({ name, value }) {
  useEffect(() => {
    if (value) keep(name, value);
  }, [name, value]);
  return null;
}
