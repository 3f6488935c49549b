import { useEffect, useState } from "react";

import { call } from "./api.js";

/** Between two letters: who types on needs no answer. */
const TYPING_MS = 150;

/** One's own tags that begin so, as `{tag, count}`, the most used first; asked for while they are wanted. */
export function useKnownTags(prefix, isWanted = true) {
  const [tags, setTags] = useState([]);
  useEffect(() => {
    if (!isWanted) return undefined;
    let isCurrent = true;
    const ask = () =>
      call("GET", `/tags?prefix=${encodeURIComponent(prefix)}`).then(
        (found) => isCurrent && setTags(found),
        () => null,
      );
    const timer = setTimeout(ask, prefix ? TYPING_MS : 0);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [prefix, isWanted]);
  return tags;
}
