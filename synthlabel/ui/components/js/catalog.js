import { useEffect, useState } from "react";

import { call } from "./api.js";

let catalog = null;

/** The models and the tools, read once for each page load; empty until they are known. */
export function useModels() {
  const [models, setModels] = useState([]);
  useEffect(() => {
    let isCurrent = true;
    catalog ??= call("GET", "/catalog");
    catalog.then(
      (answer) => isCurrent && setModels([...answer.models, ...(answer.tools ?? [])]),
      () => (catalog = null),
    );
    return () => (isCurrent = false);
  }, []);
  return models;
}
