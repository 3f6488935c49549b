import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

import { call, run } from "./shared.js";
import { TOOLS } from "./tile.jsx";

/** `/?take=seed&image=…` and `/?take=words&run=…`, as other pages link here: carried out once, then taken out of the address. */
export function FromAddress({ ready, onTake, onText }) {
  const { search, key } = useLocation();
  const done = useRef(null);
  useEffect(() => {
    const parts = new URLSearchParams(search);
    const [what, imageId, runId] = [parts.get("take"), parts.get("image"), parts.get("run")];
    if (!ready || !what || !(imageId || runId) || done.current === key) return;
    done.current = key;
    window.history.replaceState(window.history.state, "", window.location.pathname);
    if (what === "words" && runId)
      call("GET", `/generations/${encodeURIComponent(runId)}`).then(
        ({ output_text }) => output_text && onText?.(output_text),
        () => null,
      );
    else if (!imageId) return;
    else if (TOOLS.some((tool) => tool.task === what)) run("tool", { task: what, imageId });
    else onTake?.(what, imageId);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [ready, search, key]);
  return null;
}
