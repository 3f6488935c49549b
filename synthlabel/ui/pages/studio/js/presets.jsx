import { Bookmark, Check, ChevronDown, PencilLine, Plus, RotateCcw, Save, Trash2, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { FIELD, Menu, MenuItem, MenuSeparator, onCommand, PLAIN, QUIET } from "./shared.js";

/** A name for the form as it is, or another one for the preset. Closes when the server has taken it. */
function NameForm({ start, words, problem, saved, onName, onClose }) {
  const box = useRef(null);
  const before = useRef(saved);
  const [name, setName] = useState(start);
  useEffect(() => box.current.select(), []);
  useEffect(() => {
    if (saved !== before.current) onClose();
  }, [saved, onClose]);
  return (
    <form
      onSubmit={(event) => (event.preventDefault(), name.trim() && onName(name))}
      onKeyDown={(event) => event.key === "Escape" && (event.stopPropagation(), onClose())}
      className="flex flex-col gap-1.5"
    >
      <div className="flex items-center gap-1.5">
        <input ref={box} autoFocus aria-label="Name of the preset" aria-invalid={Boolean(problem) || undefined} aria-describedby="preset-mistake" value={name} maxLength={80} onChange={(event) => setName(event.target.value)} className={FIELD} />
        <button type="submit" disabled={!name.trim()} className={`${PLAIN} h-9`}>
          {words}
        </button>
        <button type="button" aria-label="Cancel" onClick={onClose} className="grid size-9 shrink-0 place-items-center rounded text-muted hover:bg-raised hover:text-ink">
          <X size={14} aria-hidden />
        </button>
      </div>
      {problem && (
        <p id="preset-mistake" role="alert" className="m-0 text-xs text-bad">
          {problem}
        </p>
      )}
    </form>
  );
}

function Options({ id, options, onChoose }) {
  return options.map((option) => (
    <MenuItem key={option.id} onSelect={() => onChoose(option.id)}>
      <Check size={16} aria-hidden className={`shrink-0 text-amber ${option.id === id ? "" : "invisible"}`} />
      <span className="min-w-0 max-w-72">
        <span className="mr-2">{option.name}</span>
        <span className="text-xs text-muted">{option.facts}</span>
      </span>
    </MenuItem>
  ));
}

/** Which preset the form was filled from, whether it differs by now, and what can be done about it. */
export function PresetBar({ card = {}, problem, saved, deletedName, onChoose, onSave, onSaveAs, onRename, onDelete, onBringBack }) {
  const { id = "", name = "", changed = false, options = [] } = card;
  const [asks, ask] = useState(""); // "new", "name" or nothing
  const [isOpen, setOpen] = useState(false);
  const close = useRef(() => ask(""));
  useEffect(() => onCommand("presets", () => setOpen(true)), []);
  useEffect(() => onCommand("save-preset", () => (id ? onSave?.() : ask("new"))), [id, onSave]);

  if (asks)
    return (
      <NameForm
        start={asks === "name" ? name : ""}
        words={asks === "name" ? "Rename" : "Save"}
        problem={problem}
        saved={saved}
        onName={asks === "name" ? onRename : onSaveAs}
        onClose={close.current}
      />
    );
  return (
    <div className="flex flex-col gap-1">
      <div className="flex min-h-8 items-center gap-1">
        <Menu label="Presets" open={isOpen} onOpenChange={setOpen}>
          <button type="button" aria-label={name ? `Preset ${name}` : "Presets"} className="-ml-2 flex h-8 min-w-0 items-center gap-2 rounded px-2 text-sm font-medium hover:bg-raised">
            <Bookmark size={14} aria-hidden className={`shrink-0 ${id ? "fill-amber text-amber" : "text-muted"}`} />
            <span className={`truncate ${id ? "" : "text-muted"}`}>{name || "Presets"}</span>
            <ChevronDown size={14} aria-hidden className="shrink-0 text-muted" />
          </button>
          <>
            <Options id={id} options={options} onChoose={onChoose} />
            {options.length > 0 && <MenuSeparator />}
            <MenuItem onSelect={() => ask("new")}>
              <Plus size={16} aria-hidden /> Save the form as a preset
            </MenuItem>
            {id && (
              <>
                <MenuItem onSelect={() => ask("name")}>
                  <PencilLine size={16} aria-hidden /> Rename “{name}”
                </MenuItem>
                <MenuItem onSelect={() => onChoose("")}>
                  <X size={16} aria-hidden /> Let go of it
                </MenuItem>
                <MenuItem onSelect={() => onDelete(id)}>
                  <Trash2 size={16} aria-hidden /> Delete it
                </MenuItem>
              </>
            )}
          </>
        </Menu>
        {changed && (
          <>
            <span className="rounded-sm border border-amber/50 px-1.5 text-xs text-amber">changed</span>
            <span className="ml-auto flex">
              <button type="button" onClick={() => onSave?.()} className={QUIET}>
                <Save size={14} aria-hidden /> Save
              </button>
              <button type="button" title="As it was saved" onClick={() => onChoose(id)} className={QUIET}>
                <RotateCcw size={14} aria-hidden /> Reset
              </button>
            </span>
          </>
        )}
      </div>
      {deletedName && (
        <p role="status" className="m-0 flex items-center gap-2 text-sm text-muted">
          <span className="min-w-0 flex-1 truncate">Deleted “{deletedName}”</span>
          <button type="button" aria-label={`Undo: deleted “${deletedName}”`} onClick={() => onBringBack?.()} className={QUIET}>
            Undo
          </button>
        </p>
      )}
    </div>
  );
}
