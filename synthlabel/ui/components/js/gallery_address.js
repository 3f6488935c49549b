/* What the gallery's address says: the view, the search, the open image, the comparison. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";

import { DEFAULT_VIEW } from "./gallery_query.js";

const SETTLE_MS = 250;

/** `change({q: "…"}, {replace})` changes these parts of the address and keeps the others; an empty value removes one. */
function useChange() {
  const navigate = useNavigate();
  return useCallback(
    (parts, { replace = false } = {}) => {
      // As it is now, not as it was rendered: several changes may come before the next rendering.
      const search = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(parts))
        if (value) search.set(name, value);
        else search.delete(name);
      // Commas, colons and slashes are fine in an address, and it is read by people.
      const text = search.toString().replace(/%(2C|3A|2F|3E|3D)/g, decodeURIComponent);
      navigate({ search: text && `?${text}` }, { replace, preventScrollReset: true });
    },
    [navigate],
  );
}

const useParts = () => new URLSearchParams(useLocation().search);

/** `{view, text, setView, setText}`. Typing is one step of the history, however many letters it has. */
export function useQuery() {
  const parts = useParts();
  const change = useChange();
  const wasTyping = useRef(false);
  const setText = useCallback(
    (text, { isTyping = false } = {}) => {
      change({ q: text }, { replace: isTyping && wasTyping.current });
      wasTyping.current = isTyping;
    },
    [change],
  );
  const setView = useCallback(
    (view) => {
      wasTyping.current = false;
      change({ view: view === DEFAULT_VIEW ? "" : view, q: "", image: "" });
    },
    [change],
  );
  return { view: parts.get("view") ?? DEFAULT_VIEW, text: parts.get("q") ?? "", setView, setText };
}

/**
 * The open image's id, `[id, open, close]`.
 *
 * Opening adds a step to the history, moving to a neighbour replaces it, so Back closes the lightbox. The address
 * follows once the keys rest: a page load is announced to the server at each change of it.
 */
export function useOpenImage() {
  const inAddress = useParts().get("image");
  const change = useChange();
  const navigate = useNavigate();
  const [openId, setOpenId] = useState(inAddress);
  const openedHere = useRef(false);
  const timer = useRef(null);
  const latest = useRef(openId);
  latest.current = openId;
  // What was put into the address here is old news once it arrives there: the next key may have been pressed meanwhile.
  const announced = useRef(undefined);
  const announce = useCallback(
    (id, how) => {
      announced.current = id;
      change({ image: id }, how);
    },
    [change],
  );
  useEffect(() => {
    const isOwn = inAddress === announced.current;
    announced.current = undefined;
    if (isOwn) return;
    clearTimeout(timer.current);
    setOpenId(inAddress);
  }, [inAddress]);
  const open = useCallback(
    (id) => {
      clearTimeout(timer.current);
      if (latest.current === null) {
        openedHere.current = true;
        announce(id);
      } else timer.current = setTimeout(() => announce(id, { replace: true }), SETTLE_MS);
      latest.current = id;
      setOpenId(id);
    },
    [announce],
  );
  const close = useCallback(() => {
    clearTimeout(timer.current);
    latest.current = null;
    setOpenId(null);
    if (openedHere.current) navigate(-1);
    else change({ image: "" }, { replace: true });
    openedHere.current = false;
  }, [change, navigate]);
  return [openId, open, close];
}

/**
 * The ids that are compared, `[ids, compare, close]`; null when none are. Comparing adds a step to the history, changes
 * of what is compared replace it, so Back closes the comparison. `close(id)` opens an image instead.
 */
export function useCompared() {
  const text = useParts().get("compare");
  const change = useChange();
  const navigate = useNavigate();
  const openedHere = useRef(false);
  const compare = useCallback(
    (ids, { replace = false } = {}) => {
      if (!replace) openedHere.current = true;
      change({ compare: ids.join(",") }, { replace });
    },
    [change],
  );
  const close = useCallback(
    (imageId) => {
      if (imageId) change({ compare: "", image: imageId }, { replace: true });
      else if (openedHere.current) navigate(-1);
      else change({ compare: "" }, { replace: true });
      openedHere.current = false;
    },
    [change, navigate],
  );
  return [text ? text.split(",").slice(0, 4) : null, compare, close];
}
