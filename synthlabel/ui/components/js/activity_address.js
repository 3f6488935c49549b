/* The filters of the activity page live in its address. */
import { useCallback, useMemo } from "react";
import { useLocation, useNavigate } from "react-router";

import { VIEWS } from "./activity_words.js";

const NAMES = ["view", "q", "model", "task", "batch", "who"];

/** `{wanted, query, change}`: what the address says, the same for the API, and how to change it. */
export function useWanted() {
  const { search } = useLocation();
  const navigate = useNavigate();
  const wanted = useMemo(() => {
    const parts = new URLSearchParams(search);
    return Object.fromEntries(NAMES.map((name) => [name, parts.get(name) ?? ""]));
  }, [search]);
  const change = useCallback(
    (changes, { replace = false } = {}) => {
      const parts = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(changes))
        if (value) parts.set(name, value);
        else parts.delete(name);
      const text = parts.toString();
      navigate({ search: text && `?${text}` }, { replace, preventScrollReset: true });
    },
    [navigate],
  );
  const query = useMemo(() => queryOf(wanted), [wanted]);
  return { wanted, query, change };
}

function queryOf({ view, q, model, task, batch, who }) {
  const query = new URLSearchParams();
  for (const status of VIEWS.find(([value]) => value === view)?.[2] ?? []) query.append("status", status);
  for (const [name, value] of Object.entries({ q, model, task, batch })) if (value) query.set(name, value);
  if (who === "everyone") query.set("everyone", "true");
  return query.toString();
}
