import * as Dialog from "@radix-ui/react-dialog";
import { ArrowLeftRight, Eye, EyeOff, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";

import { SegmentedControl } from "./controls.jsx";
import { Layout } from "./compare_layout.jsx";
import { undoLast } from "./gallery_outbox.js";
import { rate, toggleFavorite } from "./image_marks.jsx";
import { useKeptFocus } from "./kept_focus.js";
import { matches } from "./keys.jsx";
import { useImage } from "./open_image.js";
import { keepForToasts } from "./overlays.jsx";
import { ZoomGroup } from "./zoom.jsx";

const MODES = { slider: "Slider", side: "Side by side", tiled: "Tiles", flip: "One by one" };
const SHORT = { ...MODES, side: "Both", flip: "One" };
const NARROW = "(max-width: 47.99rem)";
const LETTERS = "ABCD";
const ZOOM_STEP = 1.5;

function useNarrow() {
  const [isNarrow, setNarrow] = useState(() => window.matchMedia(NARROW).matches);
  useEffect(() => {
    const media = window.matchMedia(NARROW);
    const listen = () => setNarrow(media.matches);
    media.addEventListener("change", listen);
    return () => media.removeEventListener("change", listen);
  }, []);
  return isNarrow;
}

function modesFor(count, isNarrow) {
  if (isNarrow) return count === 2 ? ["flip", "slider", "side"] : ["flip", "tiled"];
  return count === 2 ? ["slider", "side", "flip"] : ["tiled", "side", "flip"];
}

/** `[mode, choose, next, modes]`; the choice is kept for the next time. */
function useMode(count, isNarrow) {
  const [wanted, setWanted] = useState(() => localStorage.getItem("compare-mode"));
  const modes = modesFor(count, isNarrow);
  const mode = modes.includes(wanted) ? wanted : modes[0];
  const choose = (next) => (localStorage.setItem("compare-mode", next), setWanted(next));
  return [mode, choose, () => choose(modes[(modes.indexOf(mode) + 1) % modes.length]), modes];
}

/** For a blind vote: another order, and letters instead of names. */
function mixed(ids) {
  const order = [...ids];
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1));
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}

function swapped(ids, at) {
  const order = [...ids];
  const other = (at + 1) % ids.length;
  [order[at], order[other]] = [order[other], order[at]];
  return order;
}

/** What tells an image from those beside it, as short as may be. */
function nameOf(image, images) {
  const others = images.filter((other) => other && other.id !== image.id);
  if (others.every((other) => other.model_name !== image.model_name)) return image.model_name;
  const isMadeFrom = others.some((other) => other.seed === image.seed);
  return isMadeFrom ? `${image.model_name}, ${image.width} × ${image.height}` : `${image.model_name}, seed ${image.seed}`;
}

/** One image of the comparison, read by its id: the hook cannot be called in a loop of changing length. */
function Loaded({ id, list, onChange }) {
  const image = useImage(id, list);
  useEffect(() => onChange(id, image), [id, image, onChange]);
  return null;
}

function useImages(ids) {
  const [known, setKnown] = useState({});
  const keep = useMemo(() => (id, image) => setKnown((now) => ({ ...now, [id]: image })), []);
  return [ids.map((id) => known[id] ?? null), keep];
}

/** Keys that what has the focus understands by itself: the line of the slider, the choice of a mode, a button. */
function isOwnKey({ key, target }) {
  if (target.closest("[role=slider], input")) return /^Arrow|^ $/.test(key);
  return key === " " && Boolean(target.closest("button"));
}

const bindingsOf = ({ nextMode, toggleBlind, swap, zoom, step, image, remove }) => ({
  m: nextMode,
  h: toggleBlind,
  x: () => swap(),
  z: () => zoom.current?.toggle(),
  "+": () => zoom.current?.by(ZOOM_STEP),
  "-": () => zoom.current?.by(1 / ZOOM_STEP),
  arrowleft: () => step(-1),
  arrowright: () => step(1),
  " ": () => step(1),
  delete: () => remove(),
  backspace: () => remove(),
  "mod+z": undoLast,
  ...(image && !image.problem && judging(image)),
});

const judging = (image) => ({
  ".": () => toggleFavorite(image),
  ...Object.fromEntries([0, 1, 2, 3, 4, 5].map((stars) => [String(stars), () => rate(image, stars)])),
});

function useComparison({ ids, onChange, onOpen }) {
  const isNarrow = useNarrow();
  const [images, keep] = useImages(ids);
  const [isBlind, setBlind] = useState(false);
  const [current, setCurrent] = useState(0);
  const [mode, choose, nextMode, modes] = useMode(ids.length, isNarrow);
  const group = useMemo(() => new ZoomGroup(), []);
  const zoom = useRef(null);
  const at = Math.min(current, ids.length - 1);
  return {
    ids, images, keep, isNarrow, isBlind, mode, modes, choose, nextMode, group, zoom, at, setCurrent,
    image: images[at],
    label: (place) => (isBlind ? LETTERS[place] : images[place] && !images[place].problem ? nameOf(images[place], images) : ""),
    letter: (place) => LETTERS[place],
    step: (by) => setCurrent((at + by + ids.length) % ids.length),
    swap: (place = at) => onChange(swapped(ids, place)),
    toggleBlind: () => {
      if (!isBlind) onChange(mixed(ids));
      setBlind(!isBlind);
    },
    remove: (id = ids[at]) => {
      const left = ids.filter((other) => other !== id);
      if (left.length < 2) onOpen(left[0]);
      else onChange(left);
    },
  };
}

/**
 * Two to four images with one zoom. `onChange(ids)` when one is taken out or they change places, `onOpen(id)` for one
 * of them, also when it is the last one left.
 */
export function Compare({ ids, list, onChange, onClose, onOpen }) {
  const comparison = useComparison({ ids, onChange, onOpen });
  const layer = useRef(null);
  useKeptFocus(layer);
  const onKeyDown = (event) => {
    if (event.defaultPrevented || !event.currentTarget.contains(event.target) || isOwnKey(event)) return;
    const bindings = bindingsOf(comparison);
    const press = Object.keys(bindings).find((name) => matches(event, name));
    if (!press) return;
    event.preventDefault();
    bindings[press]();
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Content
          ref={layer}
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          onInteractOutside={keepForToasts}
          onOpenAutoFocus={(event) => (event.preventDefault(), event.currentTarget.focus())}
          onCloseAutoFocus={(event) => event.preventDefault()}
          className="fixed inset-0 z-40 flex flex-col bg-canvas text-ink outline-none"
        >
          {ids.map((id) => (
            <Loaded key={id} id={id} list={list} onChange={comparison.keep} />
          ))}
          <Header comparison={comparison} />
          <Layout comparison={comparison} onOpen={onOpen} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const BUTTON = "grid size-10 shrink-0 place-items-center rounded text-ink hover:bg-raised aria-pressed:text-amber";

function Button({ icon: Icon, label, keyName, ...rest }) {
  return (
    <button type="button" aria-label={label} title={`${label} (${keyName})`} className={BUTTON} {...rest}>
      <Icon size={18} aria-hidden />
    </button>
  );
}

function Header({ comparison }) {
  const { ids, mode, modes, choose, isNarrow, isBlind, toggleBlind, swap } = comparison;
  const options = modes.map((value) => ({ value, label: (isNarrow ? SHORT : MODES)[value] }));
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-2 sm:px-3">
      <Dialog.Title className="flex-1 truncate px-2 font-medium max-sm:sr-only">Compare {ids.length} images</Dialog.Title>
      <SegmentedControl label="How to compare (M)" value={mode} options={options} onChange={choose} />
      <div className="flex flex-1 items-center justify-end">
        <Button icon={isBlind ? Eye : EyeOff} label={isBlind ? "Show the names" : "Hide the names and mix"} keyName="H" aria-pressed={isBlind} onClick={toggleBlind} />
        {ids.length === 2 && <Button icon={ArrowLeftRight} label="Swap" keyName="X" onClick={() => swap(0)} />}
        <Dialog.Close aria-label="Close" title="Close (Esc)" className={BUTTON}>
          <X size={20} aria-hidden />
        </Dialog.Close>
      </div>
    </header>
  );
}
