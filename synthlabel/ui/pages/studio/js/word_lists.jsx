import { Braces, Plus, Trash2 } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";

import { call, Dialog, FIELD, onCommand, PLAIN, QUIET, run, toast } from "./shared.js";

const linesOf = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
const EMPTY = { name: "", text: "" };

/** The person's lists, and what can be done with them. Each change is told to `onChange`. */
function useLists(isOpen, onChange) {
  const [lists, setLists] = useState(null);
  const read = useCallback(() => call("GET", "/wildcards").then(({ items }) => setLists(items)), []);
  useEffect(() => {
    if (isOpen) read().catch((problem) => toast(problem.message, { tone: "bad" }));
  }, [isOpen, read]);
  const save = useCallback(
    async (name, values) => {
      await call("PUT", `/wildcards/${encodeURIComponent(name)}`, { values });
      await read();
      onChange?.();
    },
    [read, onChange],
  );
  const remove = useCallback(
    async (list) => {
      await call("DELETE", `/wildcards/${encodeURIComponent(list.name)}`);
      await read();
      onChange?.();
      toast(`Deleted the list “${list.name}”.`, { undo: () => save(list.name, list.values) });
    },
    [read, save, onChange],
  );
  return { lists, save, remove };
}

function Editor({ list, onSave, onDelete, onUse }) {
  const [draft, setDraft] = useState(EMPTY);
  const [mistakes, setMistakes] = useState({});
  const [isSaving, setSaving] = useState(false);
  const id = list?.name ?? "";
  useEffect(() => {
    setDraft(list ? { name: list.name, text: list.values.join("\n") } : EMPTY);
    setMistakes({});
    // The list's name stands for it: values that were saved just now must not replace what is being typed.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id]);
  const values = linesOf(draft.text);
  const isChanged = !list || draft.name !== list.name || values.join("\n") !== list.values.join("\n");
  const save = async () => {
    setSaving(true);
    try {
      await onSave(draft.name.trim().toLowerCase(), values);
      setMistakes({});
    } catch (problem) {
      const fields = problem.fields ?? {};
      setMistakes(Object.keys(fields).length ? fields : { values: problem.message });
    } finally {
      setSaving(false);
    }
  };
  return (
    <form className="flex min-w-0 flex-col gap-3" onSubmit={(event) => (event.preventDefault(), save())}>
      <label className="flex flex-col gap-1.5 text-sm font-medium">
        Name
        <input
          value={draft.name}
          disabled={Boolean(list)}
          maxLength={40}
          aria-invalid={Boolean(mistakes.name) || undefined}
          aria-describedby="list-name-mistake"
          onChange={(event) => setDraft({ ...draft, name: event.target.value.replace(/\s+/g, "-") })}
          placeholder="animals"
          className={`${FIELD} font-mono font-normal`}
        />
        {mistakes.name && (
          <span id="list-name-mistake" role="alert" className="text-xs font-normal text-bad">
            {mistakes.name}
          </span>
        )}
      </label>
      <label className="flex flex-col gap-1.5 text-sm font-medium">
        <span className="flex items-baseline justify-between">
          One value on each line
          <span className="font-mono text-xs font-normal text-muted">{values.length}</span>
        </span>
        <textarea
          value={draft.text}
          rows={9}
          aria-invalid={Boolean(mistakes.values) || undefined}
          aria-describedby="list-values-mistake"
          onChange={(event) => setDraft({ ...draft, text: event.target.value })}
          onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && (event.preventDefault(), save())}
          placeholder={"a red fox\na heron\n{an old|a young} owl"}
          className="block w-full resize-y rounded border border-control/60 bg-raised px-3 py-2 text-base font-normal text-ink hover:border-control aria-invalid:border-bad"
        />
        {mistakes.values && (
          <span id="list-values-mistake" role="alert" className="text-xs font-normal text-bad">
            {mistakes.values}
          </span>
        )}
      </label>
      <div className="flex flex-wrap items-center gap-2">
        <button type="submit" disabled={isSaving || !isChanged || !draft.name || !values.length} className={PLAIN}>
          {list ? "Save" : "Make the list"}
        </button>
        {list && (
          <button type="button" onClick={() => onUse(list.name)} className={QUIET}>
            <Plus size={14} aria-hidden /> Put <span className="font-mono">__{list.name}__</span> in the prompt
          </button>
        )}
        {list && (
          <button type="button" aria-label={`Delete the list ${list.name}`} title="Delete" onClick={() => onDelete(list)} className={`${QUIET} ml-auto`}>
            <Trash2 size={14} aria-hidden />
          </button>
        )}
      </div>
    </form>
  );
}

/** Put a list's name where the caret is in the prompt. */
function insert(promptId, name) {
  const box = document.getElementById(promptId);
  if (!box) return;
  box.focus();
  const space = box.selectionStart > 0 && !/\s$/.test(box.value.slice(0, box.selectionStart)) ? " " : "";
  document.execCommand("insertText", false, `${space}__${name}__`);
}

/** Named lists of words, for which `__name__` stands in a prompt. */
export function WordLists({ promptId, onChange }) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(null);
  const { lists, save, remove } = useLists(open, onChange);
  const chosen = lists?.find((list) => list.name === name) ?? null;
  const used = useRef(null);
  useEffect(() => onCommand("word-lists", () => setOpen(true)), []);
  const close = () => {
    setOpen(false);
    if (used.current) requestAnimationFrame(() => (insert(promptId, used.current), (used.current = null)));
  };
  const tab = (isChosen) => `flex w-full items-baseline justify-between gap-3 rounded px-2.5 py-1.5 text-left text-sm ${isChosen ? "bg-raised text-ink" : "text-muted hover:text-ink"}`;
  return (
    <>
      <button type="button" title="Lists of words for __name__ (W)" onClick={() => run("word-lists")} className={QUIET}>
        <Braces size={14} aria-hidden /> Lists
      </button>
      <Dialog
        open={open}
        onClose={close}
        title="Lists of words"
        description="A name between double underscores in a prompt stands for each value of its list. {a|b} does the same on the spot."
        wide
      >
        <div className="grid gap-5 sm:grid-cols-[11rem_minmax(0,1fr)]">
          <ul aria-label="Your lists" className="m-0 flex max-h-72 list-none flex-col gap-0.5 overflow-y-auto p-0">
            <li>
              <button type="button" aria-current={!chosen || undefined} onClick={() => setName(null)} className={tab(!chosen)}>
                <span className="inline-flex items-center gap-1.5">
                  <Plus size={14} aria-hidden /> New list
                </span>
              </button>
            </li>
            {lists?.map((list) => (
              <li key={list.name}>
                <button type="button" aria-current={chosen === list || undefined} onClick={() => setName(list.name)} className={tab(chosen === list)}>
                  <span className="truncate font-mono">{list.name}</span>
                  <span className="font-mono text-xs">{list.values.length}</span>
                </button>
              </li>
            ))}
          </ul>
          <Editor
            list={chosen}
            onSave={async (saved, values) => (await save(saved, values), setName(saved))}
            onDelete={(list) => (setName(null), remove(list))}
            onUse={(use) => ((used.current = use), close())}
          />
        </div>
      </Dialog>
    </>
  );
}
