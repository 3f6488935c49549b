import { useId, useState } from "react";

import { call, fileAddress } from "./api.js";
import { SwitchControl } from "./controls.jsx";
import { PRIMARY } from "./gallery_dialogs.jsx";
import { images as imagesOf } from "./gallery_words.js";
import { sizeLabel } from "./image_facts.jsx";
import { Dialog } from "./overlays.jsx";

const NAMES = ["model", "seed", "index", "date", "time", "width", "height", "rating", "id", "prompt"];
const KEPT = "download-choices";
const DEFAULTS = { name: "{model}-{seed}-{index}", captions: false, metadata: false };
const EXAMPLE = { index: "001", time: "141502", rating: "4" };

function useChoices() {
  const [choices, setChoices] = useState(() => ({ ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") }));
  const set = (parts) => {
    const next = { ...choices, ...parts };
    localStorage.setItem(KEPT, JSON.stringify(next));
    setChoices(next);
  };
  return [choices, set];
}

/** How the first file would be called, as far as the page can tell: the server cleans names further. */
function example(template, image) {
  if (!image) return "";
  const facts = {
    ...EXAMPLE,
    ...image,
    rating: image.rating ?? "unrated",
    date: image.created_at.slice(0, 10),
    prompt: image.prompt.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 40),
  };
  const ending = image.content_type.replace("image/", "").replace("jpeg", "jpg");
  return `${(template || DEFAULTS.name).replace(/\{(\w+)\}/g, (whole, name) => (NAMES.includes(name) ? facts[name] : whole))}.${ending}`;
}

/** A zip begins to arrive like any other file; the page stays. */
function fetchFile(address) {
  const link = Object.assign(document.createElement("a"), { href: fileAddress(address), download: "" });
  document.body.append(link);
  link.click();
  link.remove();
}

const bodyOf = ({ selection }, choices) =>
  selection.ids ? { ids: selection.ids, ...choices } : { ...selection, ...choices };

/** What goes into the zip, and how its files are called. */
export function DownloadDialog({ target, onClose }) {
  const [choices, choose] = useChoices();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const id = useId();
  const bytes = target.images.reduce((sum, image) => sum + (image?.size_bytes ?? 0), 0);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const { url } = await call("POST", "/downloads", bodyOf(target, choices));
      fetchFile(url);
      onClose();
    } catch (refused) {
      setProblem(refused);
      setBusy(false);
    }
  };
  const insert = (name) => choose({ name: `${choices.name}${choices.name && !/[-_/ ]$/.test(choices.name) ? "-" : ""}{${name}}` });
  const wrongName = problem?.fields?.name;
  return (
    <Dialog open title={`Download ${imagesOf(target.count)}`} description={`One zip${bytes ? ` of about ${sizeLabel(bytes)}` : ""}. Each file carries how it was made.`} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="flex flex-col gap-1.5">
          <label htmlFor={`${id}-name`} className="text-sm font-medium">
            File names
          </label>
          <input
            id={`${id}-name`}
            type="text"
            data-first
            value={choices.name}
            maxLength={200}
            autoComplete="off"
            spellCheck={false}
            placeholder={DEFAULTS.name}
            aria-invalid={Boolean(wrongName)}
            aria-describedby={`${id}-example`}
            onChange={(event) => choose({ name: event.target.value })}
            className="h-10 w-full rounded border border-control/60 bg-raised px-3 font-mono text-sm hover:border-control aria-invalid:border-bad"
          />
          <p id={`${id}-example`} className={`truncate text-sm ${wrongName ? "text-bad" : "text-muted"}`}>
            {wrongName ?? (target.images[0] ? <>Such as <span className="font-mono">{example(choices.name, target.images[0])}</span></> : "A slash makes a folder.")}
          </p>
          <ul aria-label="Parts of a name" className="flex flex-wrap gap-1">
            {NAMES.map((name) => (
              <li key={name}>
                <button type="button" onClick={() => insert(name)} className="h-7 rounded-sm border border-line px-2 font-mono text-xs text-muted hover:border-control hover:text-ink">
                  {`{${name}}`}
                </button>
              </li>
            ))}
          </ul>
        </div>
        <Choice id={`${id}-captions`} label="Captions" hint="Beside each image a text file with its prompt" checked={choices.captions} onChange={(captions) => choose({ captions })} />
        <Choice id={`${id}-metadata`} label="Table of facts" hint="One metadata.jsonl with a line for each image" checked={choices.metadata} onChange={(metadata) => choose({ metadata })} />
        {problem && !wrongName && (
          <p role="alert" className="text-sm text-bad">
            {problem.message}
          </p>
        )}
        <div className="flex justify-end">
          <button type="submit" disabled={isBusy} className={PRIMARY}>
            Download
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Choice({ id, label, hint, checked, onChange }) {
  return (
    <div className="flex items-center justify-between gap-4">
      <div>
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      </div>
      <SwitchControl id={id} checked={checked} describedBy={`${id}-hint`} onChange={onChange} />
    </div>
  );
}
