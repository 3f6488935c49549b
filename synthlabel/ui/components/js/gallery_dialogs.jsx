import { Lock, Plus, Users, X } from "lucide-react";
import { useRef, useState } from "react";

import { Dialog } from "./overlays.jsx";
import { images as imagesOf, number } from "./gallery_words.js";
import { useKnownTags } from "./known_tags.js";

const FIELD = "h-10 w-full rounded border border-control/60 bg-raised px-3 hover:border-control";
export const PRIMARY = "inline-flex h-9 items-center justify-center gap-2 rounded bg-amber px-4 font-medium text-on-amber hover:bg-amber/85 disabled:opacity-50";
export const SECONDARY = "inline-flex h-9 items-center justify-center gap-2 rounded border border-line bg-raised px-4 font-medium hover:border-control";
const OPTION = "flex h-9 w-full items-center gap-2.5 rounded px-2.5 text-left hover:bg-raised focus-visible:bg-raised";

const clean = (text) => text.trim().replace(/\s+/g, " ").toLowerCase().slice(0, 60);
const shared = (images) => (images.length ? (images[0].tags ?? []).filter((tag) => images.every((image) => image.tags?.includes(tag))) : []);

function TagChip({ tag, onRemove, isNew }) {
  return (
    <li className={`flex h-7 items-center rounded-sm pl-2.5 text-sm ${isNew ? "bg-amber/15" : "bg-raised"}`}>
      {tag}
      <button type="button" aria-label={`Remove the tag ${tag}`} onClick={onRemove} className="grid size-7 place-items-center text-muted hover:text-ink">
        <X size={13} aria-hidden />
      </button>
    </li>
  );
}

/** Tags to add, and those that all of the images have, to take away. */
export function TagDialog({ target, actions, onClose }) {
  const [text, setText] = useState("");
  const [added, setAdded] = useState([]);
  const [present, setPresent] = useState(() => shared(target.images));
  const tags = useKnownTags(clean(text));
  const offered = tags.filter(({ tag }) => !added.includes(tag) && !present.includes(tag)).slice(0, 8);
  const add = (tag) => {
    if (tag && !present.includes(tag)) setAdded((list) => [...list.filter((other) => other !== tag), tag]);
    setText("");
  };
  const finish = () => {
    const all = clean(text) ? [...added, clean(text)] : added;
    onClose();
    if (all.length) actions.addTags(target, all);
  };
  const onKeyDown = (event) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey || !clean(text))) finish();
    else if (event.key === "Enter" || event.key === ",") add(clean(text));
    else if (event.key === "Backspace" && !text) return setAdded((list) => list.slice(0, -1));
    else return undefined;
    return event.preventDefault();
  };
  return (
    <Dialog open title={`Tag ${imagesOf(target.count)}`} onClose={onClose}>
      <label className="flex flex-col gap-1.5">
        <span className="sr-only">Tag</span>
        <input type="text" autoFocus value={text} maxLength={60} placeholder="Type a tag, Enter adds it" autoComplete="off" autoCapitalize="off" onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown} className={FIELD} />
      </label>
      {(added.length > 0 || present.length > 0) && (
        <ul aria-label="Tags" className="flex flex-wrap gap-1.5">
          {added.map((tag) => (
            <TagChip key={tag} tag={tag} isNew onRemove={() => setAdded(added.filter((other) => other !== tag))} />
          ))}
          {present.map((tag) => (
            <TagChip key={tag} tag={tag} onRemove={() => (setPresent(present.filter((other) => other !== tag)), actions.removeTags(target, [tag]))} />
          ))}
        </ul>
      )}
      {offered.length > 0 && (
        <ul aria-label="Known tags" className="flex flex-wrap gap-1.5">
          {offered.map(({ tag, count }) => (
            <li key={tag}>
              <button type="button" onClick={() => add(tag)} className="flex h-7 items-center gap-1.5 rounded-sm border border-line px-2.5 text-sm hover:border-control">
                {tag} <span className="font-mono text-xs text-muted">{number(count)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="flex justify-end gap-2">
        <button type="button" onClick={finish} disabled={!added.length && !clean(text)} className={PRIMARY}>
          Add {added.length > 1 ? "tags" : "tag"}
        </button>
      </div>
    </Dialog>
  );
}

/** The boards to choose from; what is typed finds one, or makes a new one. */
export function BoardDialog({ target, boards, actions, onClose }) {
  const [text, setText] = useState("");
  const list = useRef(null);
  const wanted = text.trim().toLowerCase();
  const found = (boards.boards ?? []).filter((board) => board.name.toLowerCase().includes(wanted));
  const isNew = wanted && !found.some((board) => board.name.toLowerCase() === wanted);
  const put = (board) => {
    onClose();
    if (board) actions.addToBoard(target, board);
  };
  const make = async () => put(await boards.create(text.trim()));
  const onKeyDown = (event) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && found.length) put(found[0]);
    else if (event.key === "Enter" && isNew) make();
    else if (event.key === "ArrowDown") list.current?.querySelector("button")?.focus();
    else return;
    event.preventDefault();
  };
  const walk = (event) => {
    const by = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!by) return;
    event.preventDefault();
    event.target.closest("li")?.[by]?.querySelector("button")?.focus();
  };
  return (
    <Dialog open title={`Put ${imagesOf(target.count)} on a board`} onClose={onClose}>
      <input type="text" autoFocus={window.matchMedia("(hover: hover)").matches} aria-label="Find or name a board" value={text} maxLength={80} placeholder="Find a board, or name a new one" autoComplete="off" onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown} className={FIELD} />
      <ul ref={list} aria-label="Boards" onKeyDown={walk} className="-mx-2 flex max-h-[40dvh] flex-col overflow-y-auto">
        {found.map((board) => (
          <li key={board.id}>
            <button type="button" onClick={() => put(board)} className={OPTION}>
              {board.visibility === "team" ? <Users size={16} aria-hidden className="text-muted" /> : <Lock size={16} aria-hidden className="text-muted" />}
              <span className="truncate">{board.name}</span>
              {board.visibility === "team" && <span className="text-sm text-muted">the team sees it</span>}
              <span className="ml-auto font-mono text-xs text-muted">{number(board.count ?? 0)}</span>
            </button>
          </li>
        ))}
        {isNew && (
          <li>
            <button type="button" onClick={make} className={OPTION}>
              <Plus size={16} aria-hidden className="text-muted" />
              <span className="truncate">New board “{text.trim()}”</span>
            </button>
          </li>
        )}
      </ul>
      {!found.length && !isNew && <p className="text-muted">There is no board yet. Name one to make it.</p>}
    </Dialog>
  );
}

/** The one step without a way back. */
export function PurgeDialog({ target, actions, onClose }) {
  const these = imagesOf(target.count);
  return (
    <Dialog open title={`Delete ${these} for good?`} description="The files are removed from storage, with their ratings and tags. This cannot be undone." onClose={onClose}>
      <div className="flex justify-end gap-2">
        <button type="button" autoFocus onClick={onClose} className={SECONDARY}>
          Keep {target.count === 1 ? "it" : "them"}
        </button>
        <button type="button" onClick={() => (onClose(), actions.purgeNow(target))} className="inline-flex h-9 items-center rounded border border-bad px-4 font-medium text-bad hover:bg-bad/10">
          Delete for good
        </button>
      </div>
    </Dialog>
  );
}
