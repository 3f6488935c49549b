import { FileImage, LoaderCircle, X } from "lucide-react";
import { useCallback, useState } from "react";

import { apiAddress, PLAIN, QUIET } from "./shared.js";

const MAX_BYTES = 40 * 1024 * 1024;
const MAKERS = { synthlabel: "SynthLabel", a1111: "Stable Diffusion web UI", comfyui: "ComfyUI", invokeai: "InvokeAI" };

/** What a picture's file says of how it was made; null if nothing, or nothing that can be read. */
async function readRecipe(file, model) {
  if (!file.size || file.size > MAX_BYTES) return null;
  try {
    const answer = await fetch(apiAddress(`/recipes?model=${encodeURIComponent(model ?? "")}`), {
      method: "POST",
      credentials: "include",
      headers: { "Content-Type": file.type || "application/octet-stream" },
      body: file,
    });
    const found = answer.ok ? await answer.json() : null;
    return found && found.source !== "none" ? found : null;
  } catch {
    return null; // the upload that follows says that the server is away
  }
}

/** `[offer, take, dismiss]`: `take(file)` looks into a file; without a recipe in it `onPicture(file)` gets it at once. */
export function useRecipeOffer(model, onPicture) {
  const [offer, setOffer] = useState(null);
  const take = useCallback(
    async (file) => {
      setOffer({ file, found: null });
      const found = await readRecipe(file, model);
      setOffer(found ? { file, found } : null);
      if (!found) onPicture(file);
    },
    [model, onPicture],
  );
  return [offer, take, useCallback(() => setOffer(null), [])];
}

function Fact({ label, value, reason }) {
  return (
    <div className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-x-3">
      <dt className="text-muted">{label}</dt>
      <dd className={reason ? "text-muted" : ""}>
        <span className={`line-clamp-2 break-words ${reason ? "line-through decoration-muted/60" : ""}`}>{value}</span>
        {reason && <span className="block text-ink">{reason}</span>}
      </dd>
    </div>
  );
}

function Facts({ title, items }) {
  if (!items.length) return null;
  return (
    <section>
      <h4 className="text-xs text-muted">{title}</h4>
      <dl className="mt-1 flex flex-col gap-1.5">
        {items.map((item, i) => (
          <Fact key={i} {...item} />
        ))}
      </dl>
    </section>
  );
}

/** A file that says how it was made: to be used as a picture, or for its settings. Nothing changes before that is chosen. */
export function RecipeOffer({ offer, onUse, onRestore, onDismiss }) {
  const { file, found } = offer;
  if (!found)
    return (
      <p role="status" className="flex items-center gap-2 text-sm text-muted">
        <LoaderCircle size={14} aria-hidden className="spinner" /> Looking into {file.name || "the picture"}
      </p>
    );
  return (
    <section aria-label="A picture with settings" className="enter flex flex-col gap-3 rounded-lg border border-amber/50 bg-surface p-3 text-sm">
      <div className="flex items-start gap-2.5">
        <FileImage size={16} aria-hidden className="mt-0.5 shrink-0 text-amber" />
        <p className="min-w-0 flex-1">
          <span className="block truncate font-medium">{file.name || "The picture"}</span>
          <span className="text-muted">says how it was made, with {MAKERS[found.source] ?? "another program"}.</span>
        </p>
        <button type="button" aria-label="Do nothing with it" onClick={onDismiss} className="-m-1 grid size-7 place-items-center rounded text-muted hover:bg-raised hover:text-ink">
          <X size={14} aria-hidden />
        </button>
      </div>
      <div tabIndex={0} role="group" aria-label="What is in it" className="flex max-h-56 flex-col gap-3 overflow-y-auto rounded">
        <Facts title="Can be restored" items={found.restored} />
        <Facts title="Cannot be restored" items={found.not_restored} />
      </div>
      <div className="flex flex-wrap gap-2">
        <button type="button" autoFocus onClick={onUse} className={PLAIN}>
          Use as source
        </button>
        <button type="button" onClick={() => onRestore(found.recipe)} disabled={!found.restored.length} className={PLAIN}>
          Restore its settings
        </button>
        <button type="button" onClick={onDismiss} className={QUIET}>
          Neither
        </button>
      </div>
    </section>
  );
}
