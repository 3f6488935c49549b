import { useEffect } from "react";

/** A layer that is read by keys takes the focus back when what had it is gone: a button that was pressed and left. */
export function useKeptFocus(layer) {
  useEffect(() => {
    if (document.activeElement === document.body) layer.current?.focus({ preventScroll: true });
  });
}
