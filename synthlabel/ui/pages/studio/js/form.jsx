import { ChevronRight } from "lucide-react";
import { useEffect, useId, useState } from "react";

const CUSTOM = "custom";

/** What was chosen is shown at once; the server's answer confirms it. */
function useChoice(value, onChange) {
  const [shown, setShown] = useState(value);
  useEffect(() => setShown(value), [value]);
  return [
    shown,
    (next) => {
      setShown(next);
      onChange?.(next);
    },
  ];
}

function Choice({ name, value, shown, title, onChoose, children }) {
  return (
    <label
      title={title}
      className={
        "flex h-16 flex-col items-center justify-end gap-1 rounded border pb-1.5 text-xs has-focus-visible:outline-2 has-focus-visible:outline-offset-2 outline-amber " +
        (shown === value ? "border-amber bg-amber/10 text-ink" : "border-line text-muted hover:border-control hover:text-ink")
      }
    >
      <input
        type="radio"
        name={name}
        value={value}
        checked={shown === value}
        onChange={() => onChoose(value)}
        className="sr-only"
        aria-label={title}
      />
      {children}
    </label>
  );
}

/** The shapes on offer as drawn rectangles, and a size of one's own where the model takes one. */
export function ShapePicker({ shapes = [], value, size, takesCustom, onSelect }) {
  const name = useId();
  const [shown, choose] = useChoice(value, onSelect);
  const frame = "grid flex-1 place-items-center";
  const drawn = shapes.find((shape) => shape.label === shown);
  return (
    <fieldset className="m-0 min-w-0 border-0 p-0">
      <legend className="sr-only">Shape</legend>
      <div aria-hidden className="mb-1.5 flex items-baseline justify-between text-sm">
        <span className="font-medium">Shape</span>
        <span className="font-mono text-xs text-muted">{shown === CUSTOM ? "" : (drawn?.size ?? size)}</span>
      </div>
      <div className="grid grid-cols-5 gap-1.5">
        {shapes.map((shape) => (
          <Choice
            key={shape.label}
            name={name}
            value={shape.label}
            shown={shown}
            title={`${shape.label}, ${shape.size}`}
            onChoose={choose}
          >
            <span className={frame}>
              <span
                className="rounded-[2px] border-[1.5px] border-current"
                style={{ width: shape.drawn_width_px, height: shape.drawn_height_px }}
              />
            </span>
            <span className="font-mono">{shape.label}</span>
          </Choice>
        ))}
        {takesCustom && (
          <Choice name={name} value={CUSTOM} shown={shown} title="Custom size" onChoose={choose}>
            <span className={frame}>
              <span className="size-5 rounded-[2px] border-[1.5px] border-dashed border-current" />
            </span>
            <span>Custom</span>
          </Choice>
        )}
      </div>
    </fieldset>
  );
}

/** A part of the form that unfolds, with a remark at the right of its title. */
export function Disclosure({ title, remark, open, onChange, children }) {
  const id = useId();
  const [shown, set] = useChoice(open, onChange);
  return (
    <div>
      <button
        type="button"
        aria-expanded={shown}
        aria-controls={id}
        onClick={() => set(!shown)}
        className="flex h-9 w-full items-center gap-1.5 rounded text-sm font-medium hover:text-amber"
      >
        <ChevronRight size={16} aria-hidden className={`-ml-1 transition-transform ${shown ? "rotate-90" : ""}`} />
        {title}
        {remark && <span className="ml-auto text-xs font-normal text-muted">{remark}</span>}
      </button>
      <div id={id} hidden={!shown} className="pt-2 pb-1">
        {children}
      </div>
    </div>
  );
}
