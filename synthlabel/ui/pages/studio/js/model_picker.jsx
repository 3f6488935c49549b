import { Check, ChevronsUpDown } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";

const GAP_PX = 4;
const MIN_HEIGHT_PX = 280;

/** Put the list under its button, or above it where there is more room. On a phone CSS makes it a sheet. */
function place(list, button) {
  const at = button.getBoundingClientRect();
  const below = window.innerHeight - at.bottom - 2 * GAP_PX;
  const above = at.top - 2 * GAP_PX;
  const up = below < MIN_HEIGHT_PX && above > below;
  list.style.setProperty("--left", `${at.left}px`);
  list.style.setProperty("--width", `${at.width}px`);
  list.style.setProperty("--room", `${up ? above : below}px`);
  list.style.setProperty("--top", up ? "auto" : `${at.bottom + GAP_PX}px`);
  list.style.setProperty("--bottom", up ? `${window.innerHeight - at.top + GAP_PX}px` : "auto");
}

/** Jump to the next name that begins with what was typed within a second. */
function useTypeahead(models, setActive) {
  const typed = useRef({ text: "", at: 0 });
  return (key, active) => {
    const now = performance.now();
    typed.current.text = (now - typed.current.at < 1000 ? typed.current.text : "") + key.toLowerCase();
    typed.current.at = now;
    const { text } = typed.current;
    const from = text.length === 1 ? active + 1 : active;
    const order = models.map((_, i) => (from + i) % models.length);
    const found = order.find((i) => models[i].name.toLowerCase().startsWith(text));
    if (found !== undefined) setActive(found);
  };
}

/** A listbox of models: name, price, what it is good for; the licence of the one in focus stands below. */
export function ModelPicker({ id, models = [], value, labelledBy, describedBy, invalid, onSelect }) {
  const uid = useId();
  const button = useRef(null);
  const list = useRef(null);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const chosen = models.find((model) => model.id === value);
  const typeahead = useTypeahead(models, setActive);
  const option = (i) => `${uid}-${i}`;

  useEffect(() => {
    if (open) document.getElementById(option(active))?.scrollIntoView({ block: "nearest" });
  }, [open, active]);

  const show = () => {
    setActive(Math.max(0, models.findIndex((model) => model.id === value)));
    place(list.current, button.current);
    list.current.showPopover();
    list.current.querySelector("[role=listbox]").focus();
  };
  const hide = () => {
    list.current.hidePopover();
    button.current.focus();
  };
  const choose = (i) => {
    hide();
    if (models[i] && models[i].id !== value) onSelect?.(models[i].id);
  };
  const onButtonKey = (event) => {
    if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    show();
  };
  const onListKey = (event) => {
    const last = models.length - 1;
    const target = { ArrowDown: Math.min(active + 1, last), ArrowUp: Math.max(active - 1, 0), Home: 0, End: last }[event.key];
    if (target !== undefined) setActive(target);
    else if (event.key === "Enter" || (event.key === " " && !event.repeat)) choose(active);
    else if (event.key === "Escape" || event.key === "Tab") hide();
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) typeahead(event.key, active);
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <button
        ref={button}
        id={id}
        type="button"
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-controls={`${uid}-list`}
        aria-labelledby={`${labelledBy} ${id}`}
        aria-describedby={describedBy || undefined}
        aria-invalid={invalid || undefined}
        title={chosen?.licence}
        onClick={show}
        onKeyDown={onButtonKey}
        className="flex w-full items-center gap-3 rounded border border-control/60 bg-raised px-3 py-2 text-left hover:border-control aria-invalid:border-bad"
      >
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline justify-between gap-3">
            <span className="truncate font-medium">{chosen?.name ?? "\u00a0"}</span>
            <span className="shrink-0 font-mono text-xs text-muted">{chosen?.price}</span>
          </span>
          <span className="block truncate text-sm text-muted">{chosen?.description ?? "\u00a0"}</span>
        </span>
        <ChevronsUpDown size={16} aria-hidden className="shrink-0 text-muted" />
      </button>
      <div
        ref={list}
        popover="auto"
        onToggle={(event) => setOpen(event.newState === "open")}
        style={{ inset: "var(--top) auto var(--bottom) var(--left)", width: "var(--width)", maxHeight: "min(var(--room), 34rem)" }}
        className={
          "fixed m-0 flex-col overflow-hidden rounded-lg border border-line bg-surface p-0 text-ink shadow-float open:flex " +
          "max-sm:!inset-x-2 max-sm:!top-auto max-sm:!bottom-2 max-sm:!w-auto max-sm:!max-h-[80dvh] max-sm:backdrop:bg-scrim"
        }
      >
        <ul
          id={`${uid}-list`}
          role="listbox"
          tabIndex={0}
          aria-labelledby={labelledBy}
          aria-activedescendant={open ? option(active) : undefined}
          onKeyDown={onListKey}
          className="m-0 min-h-0 flex-1 list-none overflow-y-auto p-1 outline-none"
        >
          {models.map((model, i) => (
            <li
              key={model.id}
              id={option(i)}
              role="option"
              aria-selected={model.id === value}
              title={model.licence}
              onClick={() => choose(i)}
              onPointerMove={() => setActive(i)}
              className={`flex cursor-pointer gap-2 rounded px-2 py-2 ${i === active ? "bg-raised" : ""}`}
            >
              <Check size={16} aria-hidden className={`mt-0.5 shrink-0 text-amber ${model.id === value ? "" : "invisible"}`} />
              <span className="min-w-0 flex-1">
                <span className="flex items-baseline justify-between gap-3">
                  <span className="truncate font-medium">{model.name}</span>
                  <span className="shrink-0 font-mono text-xs text-muted">{model.price}</span>
                </span>
                <span className="block text-sm text-muted">{model.description}</span>
                {model.takes && <span className="block text-xs text-muted">{model.takes}</span>}
              </span>
            </li>
          ))}
        </ul>
        <p className="m-0 border-t border-line px-3 py-2 text-xs text-muted">Licence: {models[active]?.licence}</p>
      </div>
    </>
  );
}
