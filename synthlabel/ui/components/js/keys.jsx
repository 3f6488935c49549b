import { useEffect, useRef } from "react";

export const isMac = () => /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform);
const NAMES = { mod: () => (isMac() ? "⌘" : "Ctrl"), shift: () => "Shift", alt: () => "Alt", enter: () => "Enter", esc: () => "Esc", arrows: () => "← ↑ ↓ →", sides: () => "← →", delete: () => "Del", home: () => "Home", end: () => "End" };
const LISTS = new Map();

export const isActive = (binding) => Boolean(binding.focus || binding.action);

/** The keys that the open page offers, by title: what the list under "?" shows. */
export const listedKeys = () => [...LISTS.values()].filter((list) => list.keys.length);
export const shownKeys = (press) => press.split("+").map((part) => NAMES[part]?.() ?? (part.length === 1 ? part.toUpperCase() : part));

const typesInto = (target) =>
  target.isContentEditable ||
  target.tagName === "TEXTAREA" ||
  target.tagName === "SELECT" ||
  (target.tagName === "INPUT" && !["checkbox", "radio", "range", "button"].includes(target.type));

const isBusyLayer = () => document.querySelector('[role="dialog"][data-state="open"], [role="menu"][data-state="open"]');

/** Does the event mean `press`? Matched by the character produced, so that other keyboard layouts work. */
export function matches(event, press) {
  const parts = press.split("+");
  const name = parts.pop() || "+";
  const mod = isMac() ? event.metaKey : event.ctrlKey;
  const stray = isMac() ? event.ctrlKey : event.metaKey;
  if (event.isComposing || stray || mod !== parts.includes("mod") || event.altKey !== parts.includes("alt")) return false;
  // Characters such as "?" need Shift on some keyboards and not on others; letters say it in their case.
  const isCharacter = name.length === 1 && !/[a-z0-9]/i.test(name);
  if (!isCharacter && event.shiftKey !== parts.includes("shift")) return false;
  return event.key.toLowerCase() === name;
}

export function onPress(bindings, act) {
  const listen = (event) => {
    if (event.defaultPrevented || event.repeat) return;
    const found = bindings.find((binding) => matches(event, binding.press));
    if (!found) return;
    // `outside`: a text field has a meaning of its own for it, such as Mod+A and Mod+Z.
    const isPlain = found.outside || !/mod|alt/.test(found.press);
    if ((isPlain && typesInto(event.target)) || (isBusyLayer() && !found.anywhere)) return;
    event.preventDefault();
    act(found);
  };
  window.addEventListener("keydown", listen);
  return () => window.removeEventListener("keydown", listen);
}

export function Keys({ title, bindings = [], onAction }) {
  const act = useRef(onAction);
  act.current = onAction;
  const signature = JSON.stringify(bindings);
  useEffect(() => {
    const run = (found) => (found.focus ? document.querySelector(found.focus)?.focus() : act.current?.(found.action));
    const stop = onPress(bindings.filter(isActive), run);
    LISTS.set(title, { title, keys: bindings, run });
    return () => {
      stop();
      LISTS.delete(title);
    };
    // The bindings' text is compared, not the array: it is made anew on every render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [title, signature]);
  return null;
}
