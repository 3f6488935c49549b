import { Minus, Plus } from "lucide-react";
import { useId, useLayoutEffect, useRef } from "react";

import { useDraft } from "./draft.js";

const BOX =
  "w-full rounded border bg-raised text-ink px-3 outline-offset-0 disabled:opacity-50 " +
  "aria-invalid:border-bad border-control/60 hover:border-control";

function useGrowing(text, enabled) {
  const box = useRef(null);
  useLayoutEffect(() => {
    if (!enabled || !box.current) return;
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight + 2}px`;
  }, [text, enabled]);
  return box;
}

/** Text that is typed into: never overwritten by a late answer, sent when typing pauses, on blur and on Mod+Enter. */
export function TextControl(props) {
  const { id, name, value = "", multiline, rows = 3, grow, placeholder, maxLength, delay = 250, invalid } = props;
  const { describedBy, autoComplete, disabled, required, mono, onChange, onSubmit, type, inputMode } = props;
  const [draft, change, flush] = useDraft(value, onChange, delay);
  const box = useGrowing(draft, multiline && grow);
  const submit = (event) => {
    const asks = multiline ? event.metaKey || event.ctrlKey : true;
    if (event.key !== "Enter" || !asks || event.nativeEvent.isComposing || !onSubmit) return;
    event.preventDefault();
    flush();
    onSubmit();
  };
  const Tag = multiline ? "textarea" : "input";
  return (
    <Tag
      ref={box}
      id={id}
      name={name}
      value={draft}
      rows={multiline ? rows : undefined}
      type={multiline ? undefined : (type ?? "text")}
      inputMode={inputMode}
      placeholder={placeholder}
      maxLength={maxLength}
      disabled={disabled}
      required={required}
      autoComplete={autoComplete ?? "off"}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      onChange={(event) => change(event.target.value)}
      onBlur={flush}
      onKeyDown={submit}
      className={`${BOX} ${multiline ? "block py-2 leading-5 resize-y" : "h-9"} ${mono ? "font-mono" : ""}`}
    />
  );
}

export function SelectControl({ id, name, value, options = [], disabled, invalid, describedBy, onChange }) {
  const [draft, change] = useDraft(value, onChange);
  return (
    <select
      id={id}
      name={name}
      value={draft}
      disabled={disabled}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      onChange={(event) => change(event.target.value)}
      className={`${BOX} h-9 pr-8`}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

export function SegmentedControl({ label, value, options = [], disabled, onChange }) {
  const name = useId();
  const [draft, change] = useDraft(value, onChange);
  return (
    <fieldset disabled={disabled} className="inline-flex rounded border border-line bg-raised p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className={
            "relative rounded-sm px-3 py-1 text-sm has-focus-visible:outline-2 outline-amber " +
            (draft === option.value ? "bg-surface text-ink font-medium" : "text-muted hover:text-ink")
          }
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={draft === option.value}
            onChange={() => change(option.value)}
            className="sr-only"
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}

export function SwitchControl({ id, checked = false, label, disabled, describedBy, onChange }) {
  const [draft, change] = useDraft(checked, onChange);
  return (
    <button
      id={id}
      type="button"
      role="switch"
      aria-checked={draft}
      aria-label={label}
      aria-describedby={describedBy}
      disabled={disabled}
      onClick={() => change(!draft)}
      className={`relative h-6 w-10 shrink-0 rounded-full border transition-colors disabled:opacity-50 ${
        draft ? "bg-amber border-amber" : "bg-raised border-control"
      }`}
    >
      <span
        className={`absolute top-0.5 size-4.5 rounded-full transition-[left] ${
          draft ? "left-4.5 bg-on-amber" : "left-0.5 bg-control"
        }`}
      />
    </button>
  );
}

const clamp = (number, min, max) => Math.min(max, Math.max(min, number));
const tidy = (number, step) => Number(number.toFixed((String(step).split(".")[1] ?? "").length));

export function StepperControl({ id, value = 1, min = 1, max = 4, label, describedBy, disabled, onChange }) {
  const [draft, change] = useDraft(value, onChange);
  const set = (next) => Number.isFinite(next) && change(clamp(Math.round(next), min, max));
  const step = "grid size-9 place-items-center rounded text-ink hover:bg-surface disabled:opacity-40";
  return (
    <div className="inline-flex items-center rounded border border-control/60 bg-raised">
      <button type="button" aria-label="One less" className={step} disabled={disabled || draft <= min} onClick={() => set(draft - 1)}>
        <Minus size={16} aria-hidden />
      </button>
      <input
        id={id}
        type="text"
        inputMode="numeric"
        role="spinbutton"
        aria-label={label}
        aria-describedby={describedBy}
        aria-valuenow={draft}
        aria-valuemin={min}
        aria-valuemax={max}
        disabled={disabled}
        value={draft}
        onChange={(event) => set(parseInt(event.target.value.replace(/\D/g, "").slice(-2), 10))}
        onKeyDown={(event) => {
          const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
          if (by) (event.preventDefault(), set(draft + by));
        }}
        className="w-10 rounded bg-transparent text-center font-mono text-ink"
      />
      <button type="button" aria-label="One more" className={step} disabled={disabled || draft >= max} onClick={() => set(draft + 1)}>
        <Plus size={16} aria-hidden />
      </button>
    </div>
  );
}

/** A slider with the same number beside it, for the values that one wants to drag as well as to type. */
export function NumberSliderControl(props) {
  const { id, value = 0, min = 0, max = 100, step = 1, label, describedBy, disabled, onChange } = props;
  const [draft, change, flush] = useDraft(value, onChange, 150);
  const typed = useRef(null);
  const commit = (event) => {
    const number = Number(event.target.value);
    if (event.target.value.trim() !== "" && Number.isFinite(number)) change(tidy(clamp(number, min, max), step));
    else typed.current.value = draft;
    flush();
  };
  return (
    <div className="flex items-center gap-3">
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={draft}
        disabled={disabled}
        aria-label={label}
        aria-describedby={describedBy}
        onChange={(event) => change(Number(event.target.value))}
        onPointerUp={flush}
        style={{ "--filled": `${((draft - min) / (max - min || 1)) * 100}%` }}
        className="range min-w-0 flex-1 disabled:opacity-50"
      />
      <input
        ref={typed}
        key={draft}
        type="text"
        inputMode="decimal"
        aria-label={`${label ?? "Value"}, as a number`}
        defaultValue={draft}
        disabled={disabled}
        onBlur={commit}
        onKeyDown={(event) => event.key === "Enter" && commit(event)}
        className={`${BOX} h-8 max-w-18 px-2 text-right font-mono text-sm`}
      />
    </div>
  );
}
