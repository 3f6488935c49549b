import { Link2, Plus, Search, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { Dialog, FIELD, onCommand, PLAIN, QUIET, toast } from "./shared.js";

const EMPTY = { name: "", url: "", trigger: "" };

function Named({ label, hint, error, children }) {
  return (
    <label className="flex flex-col gap-1.5 text-sm font-medium">
      {label}
      {children}
      {hint && !error && <span className="text-xs font-normal text-muted">{hint}</span>}
      {error && (
        <span role="alert" className="text-xs font-normal text-bad">
          {error}
        </span>
      )}
    </label>
  );
}

/** Weights by their address: nothing is fetched here, the provider loads them. */
function AddressForm({ families, family, mistakes, added, onMakeKnown, onDone }) {
  const [draft, setDraft] = useState({ ...EMPTY, family: family || families[0] || "" });
  const before = useRef(added);
  useEffect(() => {
    if (added !== before.current) onDone();
  }, [added, onDone]);
  const set = (name) => (event) => setDraft({ ...draft, [name]: event.target.value });
  const wrong = (name) => ({ "aria-invalid": Boolean(mistakes[name]) || undefined });
  return (
    <form className="flex flex-col gap-4" onSubmit={(event) => (event.preventDefault(), onMakeKnown(draft.name, draft.url, draft.family, draft.trigger))}>
      <Named label="Name" error={mistakes.name}>
        <input autoFocus value={draft.name} maxLength={80} onChange={set("name")} className={`${FIELD} font-normal`} {...wrong("name")} />
      </Named>
      <Named label="Address" hint="Of the weights (.safetensors). The provider loads them from there, so it has to be public." error={mistakes.url}>
        <input value={draft.url} inputMode="url" placeholder="https://" onChange={set("url")} className={`${FIELD} font-mono font-normal`} {...wrong("url")} />
      </Named>
      <div className="grid grid-cols-2 gap-3">
        <Named label="Made for" error={mistakes.family}>
          <select value={draft.family} onChange={set("family")} className={`${FIELD} font-normal`}>
            {families.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </Named>
        <Named label="Trigger word" hint="Put in front of the prompt if it is missing." error={mistakes.trigger_word}>
          <input value={draft.trigger} maxLength={60} onChange={set("trigger")} className={`${FIELD} font-normal`} {...wrong("trigger_word")} />
        </Named>
      </div>
      <div className="flex gap-2">
        <button type="submit" className={PLAIN}>
          Add it
        </button>
        <button type="button" onClick={onDone} className={QUIET}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function Option({ option, onAdd, onForget }) {
  return (
    <li className="flex items-center gap-1">
      <button type="button" disabled={Boolean(option.reason)} onClick={() => onAdd(option.id)} className="flex min-w-0 flex-1 flex-col rounded px-3 py-2 text-left not-disabled:hover:bg-raised disabled:cursor-not-allowed">
        <span className={`flex items-baseline gap-2 ${option.reason ? "text-muted" : ""}`}>
          <span className="truncate font-medium">{option.name}</span>
          <span className="shrink-0 font-mono text-xs text-muted">{option.family}</span>
        </span>
        <span className="text-xs text-muted">{option.reason || (option.trigger_word ? `Trigger word: ${option.trigger_word}` : "No trigger word")}</span>
      </button>
      <button type="button" aria-label={`Forget ${option.name}`} title="Forget it" onClick={() => onForget(option)} className="grid size-8 shrink-0 place-items-center rounded text-muted hover:bg-raised hover:text-ink">
        <Trash2 size={14} aria-hidden />
      </button>
    </li>
  );
}

/** The person's LoRAs, of which those are on offer that the model takes; and a form for a new one. */
export function LoraPicker({ card = {}, mistakes = {}, added, onAdd, onMakeKnown, onForget, onRemember }) {
  const { options = [], families = [], family = "" } = card;
  const [open, setOpen] = useState(false);
  const [isNew, setNew] = useState(false);
  const [words, setWords] = useState("");
  const finish = useRef(() => setNew(false));
  useEffect(() => onCommand("add-lora", () => setOpen(true)), []);
  const found = options.filter((option) => `${option.name} ${option.trigger_word} ${option.family}`.toLowerCase().includes(words.toLowerCase()));
  const ordered = [...found.filter((option) => !option.reason), ...found.filter((option) => option.reason)];
  const add = (id) => {
    setOpen(false);
    onAdd(id);
  };
  const forget = (option) => {
    onForget(option.id);
    toast(`Forgot “${option.name}”.`, { undo: () => onRemember(option.id) });
  };
  return (
    <>
      <button type="button" onClick={() => setOpen(true)} className={QUIET}>
        <Plus size={14} aria-hidden /> Add
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title={isNew ? "Add a LoRA by its address" : "Add a LoRA"}>
        {isNew ? (
          <AddressForm families={families} family={family} mistakes={mistakes} added={added} onMakeKnown={onMakeKnown} onDone={finish.current} />
        ) : (
          <>
            {options.length > 0 && (
              <label className="flex items-center gap-2 rounded border border-control/60 bg-raised px-3 focus-within:outline-2 focus-within:outline-amber">
                <Search size={16} aria-hidden className="text-muted" />
                <span className="sr-only">Search in your LoRAs</span>
                <input type="search" autoFocus value={words} onChange={(event) => setWords(event.target.value)} placeholder="Search" className="h-10 min-w-0 flex-1 bg-transparent outline-none" />
              </label>
            )}
            {options.length > 0 ? (
              <ul aria-label="Your LoRAs" className="m-0 -mx-3 flex max-h-80 list-none flex-col overflow-y-auto p-0">
                {ordered.map((option) => (
                  <Option key={option.id} option={option} onAdd={add} onForget={forget} />
                ))}
              </ul>
            ) : (
              <p className="m-0 text-muted">A LoRA teaches a model a subject or a style. Add one by the address of its weights.</p>
            )}
            <div>
              <button type="button" onClick={() => setNew(true)} className={PLAIN}>
                <Link2 size={14} aria-hidden /> Add by address
              </button>
            </div>
          </>
        )}
      </Dialog>
    </>
  );
}
