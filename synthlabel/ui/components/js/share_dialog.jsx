import { Check, Copy, ExternalLink } from "lucide-react";
import { useEffect, useId, useState } from "react";

import { call, fileAddress } from "./api.js";
import { toast } from "./commands.js";
import { SelectControl, SwitchControl } from "./controls.jsx";
import { PRIMARY, SECONDARY } from "./gallery_dialogs.jsx";
import { images as imagesOf } from "./gallery_words.js";
import { Dialog } from "./overlays.jsx";
import { daysLeft, ends } from "./share_words.js";

const FIELD = "h-10 w-full rounded border border-control/60 bg-raised px-3 hover:border-control";
const LIFETIMES = [
  { value: "1", label: "1 day" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "1 year" },
];
const LISTED = 20;

/** The person's links that work, newest first; null until known. */
function useShares() {
  const [shares, setShares] = useState(null);
  useEffect(() => {
    let isCurrent = true;
    call("GET", `/shares?limit=${LISTED}`).then(
      ({ items }) => isCurrent && setShares(items.filter((share) => !share.revoked_at && daysLeft(share.expires_at) > 0)),
      () => isCurrent && setShares([]),
    );
    return () => (isCurrent = false);
  }, []);
  return [shares, setShares];
}

async function copy(address) {
  try {
    await navigator.clipboard.writeText(address);
    return true;
  } catch {
    return false; // no clipboard without https: the field is there to be copied by hand
  }
}

/** Make a link to images, for somebody without an account; and end those that were made before. */
export function ShareDialog({ images, onClose }) {
  const own = images.filter((image) => image?.is_mine !== false);
  const [shares, setShares] = useShares();
  const [made, setMade] = useState(null);
  const revoke = async (share) => {
    try {
      await call("DELETE", `/shares/${share.id}`);
      setShares((known) => known.filter((other) => other.id !== share.id));
      if (made?.id === share.id) setMade(null);
      toast("The link works no longer.");
    } catch (problem) {
      toast(problem.message, { tone: "bad" });
    }
  };
  const add = (share) => {
    setMade(share);
    setShares((known) => [share, ...(known ?? [])]);
  };
  const others = (shares ?? []).filter((share) => share.id !== made?.id);
  return (
    <Dialog open title={made ? "The link is ready" : `Share ${imagesOf(own.length)}`} description="Whoever has the link sees these images, and nothing else, without an account." onClose={onClose}>
      {made ? <Ready share={made} onRevoke={() => revoke(made)} /> : <Form images={own} left={images.length - own.length} onMade={add} />}
      {others.length > 0 && <Others shares={others} onRevoke={revoke} />}
    </Dialog>
  );
}

function Form({ images, left, onMade }) {
  const [title, setTitle] = useState("");
  const [days, setDays] = useState("7");
  const [showsRecipe, setShowsRecipe] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const id = useId();
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    const body = { image_ids: images.map((image) => image.id), title, expires_in_days: Number(days), shows_recipe: showsRecipe };
    try {
      onMade(await call("POST", "/shares", body));
    } catch (refused) {
      setProblem(refused);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {left > 0 && <p className="text-sm text-warn">{imagesOf(left)} of others left out: only who made an image can share it.</p>}
      <div className="flex flex-col gap-1.5">
        <label htmlFor={`${id}-title`} className="text-sm font-medium">
          Title <span className="font-normal text-muted">(optional)</span>
        </label>
        <input id={`${id}-title`} type="text" value={title} maxLength={120} data-first autoComplete="off" placeholder="Shown above the images" onChange={(event) => setTitle(event.target.value)} className={FIELD} />
      </div>
      <div className="flex flex-col gap-1.5">
        <label htmlFor={`${id}-days`} className="text-sm font-medium">
          Works for
        </label>
        <SelectControl id={`${id}-days`} value={days} options={LIFETIMES} onChange={setDays} />
      </div>
      <div className="flex items-center justify-between gap-4">
        <div>
          <label htmlFor={`${id}-recipe`} className="text-sm font-medium">
            Show how they were made
          </label>
          <p id={`${id}-hint`} className="text-sm text-muted">
            {showsRecipe ? "Prompt, model and seed are shown, and stay in the files." : "Prompts are neither shown nor left in the files."}
          </p>
        </div>
        <SwitchControl id={`${id}-recipe`} checked={showsRecipe} describedBy={`${id}-hint`} onChange={setShowsRecipe} />
      </div>
      {problem && (
        <p role="alert" className="text-sm text-bad">
          {problem.message}
        </p>
      )}
      <div className="flex justify-end">
        <button type="submit" disabled={isBusy || !images.length} className={PRIMARY}>
          Make the link
        </button>
      </div>
    </form>
  );
}

function Ready({ share, onRevoke }) {
  const [wasCopied, setCopied] = useState(false);
  const Icon = wasCopied ? Check : Copy;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex gap-2">
        <input type="text" readOnly autoFocus aria-label="Link" value={share.url} onFocus={(event) => event.target.select()} className={`${FIELD} min-w-0 font-mono text-sm`} />
        <button type="button" onClick={async () => setCopied(await copy(share.url))} className={`${PRIMARY} h-10 shrink-0`}>
          <Icon size={16} aria-hidden /> {wasCopied ? "Copied" : "Copy"}
        </button>
      </div>
      <span role="status" className="sr-only">
        {wasCopied && "Copied"}
      </span>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-muted">
          {imagesOf(share.count)}, {ends(share.expires_at)}
        </p>
        <div className="flex gap-2">
          <button type="button" onClick={onRevoke} className="h-9 rounded px-3 font-medium text-bad hover:bg-raised">
            Revoke
          </button>
          <a href={share.url} target="_blank" rel="noreferrer" className={SECONDARY}>
            <ExternalLink size={16} aria-hidden /> Look
          </a>
        </div>
      </div>
    </div>
  );
}

function Others({ shares, onRevoke }) {
  return (
    <section aria-label="Links that work" className="flex flex-col gap-1 border-t border-line pt-4">
      <h3 className="text-sm font-medium">Links that work</h3>
      <ul className="-mx-2 max-h-56 overflow-y-auto">
        {shares.map((share) => (
          <Other key={share.id} share={share} onRevoke={() => onRevoke(share)} />
        ))}
      </ul>
    </section>
  );
}

function Other({ share, onRevoke }) {
  const [wasCopied, setCopied] = useState(false);
  const Icon = wasCopied ? Check : Copy;
  const name = share.title || imagesOf(share.count);
  const small = "grid size-9 shrink-0 place-items-center rounded text-muted hover:bg-surface hover:text-ink";
  return (
    <li className="flex items-center gap-3 rounded px-2 py-1.5 hover:bg-raised">
      {share.cover_url ? <img src={fileAddress(share.cover_url)} alt="" className="size-10 rounded-sm bg-raised object-cover" /> : <span className="size-10 rounded-sm bg-raised" />}
      <div className="min-w-0 flex-1">
        <p className="truncate">{name}</p>
        <p className="text-sm text-muted">
          {share.title && `${imagesOf(share.count)}, `}
          {ends(share.expires_at)}, {share.views === 0 ? "not opened yet" : `opened ${share.views} ${share.views === 1 ? "time" : "times"}`}
        </p>
      </div>
      <button type="button" aria-label={`Copy the link: ${name}`} title="Copy the link" onClick={async () => setCopied(await copy(share.url))} className={small}>
        <Icon size={16} aria-hidden className={wasCopied ? "text-ok" : ""} />
      </button>
      <button type="button" aria-label={`Revoke the link: ${name}`} onClick={onRevoke} className="h-9 shrink-0 rounded px-2 text-sm font-medium text-bad hover:bg-surface">
        Revoke
      </button>
    </li>
  );
}
