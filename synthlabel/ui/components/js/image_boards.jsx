import { Lock, Plus, Users, X } from "lucide-react";
import { useCallback, useEffect, useState } from "react";

import { call } from "./api.js";
import { act, listen } from "./gallery_outbox.js";
import { leaveOnEscape } from "./image_tags.jsx";

const OFFERED = 6;

/** The boards on which an image is, `null` until they are known; read again after each change of this image's. */
function useBoardsOf(imageId) {
  const [boards, setBoards] = useState(null);
  const read = useCallback(() => {
    let isCurrent = true;
    call("GET", `/images/${encodeURIComponent(imageId)}/boards`).then(
      (answer) => isCurrent && setBoards(answer.items),
      () => isCurrent && setBoards([]),
    );
    return () => (isCurrent = false);
  }, [imageId]);
  useEffect(() => read(), [read]);
  useEffect(() => {
    const isIt = (entry) => entry.selection?.ids?.includes(imageId) && /board|undo/.test(entry.kind);
    return listen({ settled: (entry) => isIt(entry) && read() });
  }, [imageId, read]);
  return [boards, setBoards];
}

/** The boards of an image, and a field to put it on others. `all` are those that there are, `create(name)` makes one. */
export function Boards({ image, all, create }) {
  const [boards, setBoards] = useBoardsOf(image.id);
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const wanted = text.trim().toLowerCase();
  const here = new Set((boards ?? []).map((board) => board.id));
  // Only who made an image can show it to the team.
  const free = (all ?? []).filter((board) => !here.has(board.id) && (image.is_mine || board.visibility !== "team"));
  const found = free.filter((board) => board.name.toLowerCase().includes(wanted));
  const isNew = wanted && ![...free, ...(boards ?? [])].some((board) => board.name.toLowerCase() === wanted);
  const put = (board) => {
    setText("");
    if (!board) return;
    setBoards((known) => [...(known ?? []), board]);
    act({ kind: "add_to_board", selection: { ids: [image.id] }, value: { board_id: board.id }, note: board.name, isSeen: true });
  };
  const take = (board) => {
    setBoards((known) => known.filter((other) => other.id !== board.id));
    act({ kind: "remove_from_board", selection: { ids: [image.id] }, value: { board_id: board.id }, note: board.name, isSeen: true });
  };
  const onKeyDown = async (event) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key !== "Enter" || !wanted) return void leaveOnEscape(event);
    event.preventDefault();
    put(found[0] ?? (isNew ? await create(text.trim()) : null));
  };
  const chip = "flex h-7 max-w-full items-center gap-1.5 rounded-sm border border-line px-2.5 text-sm text-muted hover:border-control hover:text-ink";
  return (
    <section aria-label="Boards" className="flex flex-col gap-2" onFocus={() => setOpen(true)} onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || setOpen(false)}>
      <h3 className="text-sm font-medium">Boards</h3>
      <ul className="flex flex-wrap gap-1.5 empty:hidden">
        {(boards ?? []).map((board) => (
          <li key={board.id} className="flex h-7 max-w-full items-center gap-1.5 rounded-sm bg-raised px-2.5 text-sm">
            <Visibility board={board} />
            <a href={`/gallery?view=board:${board.id}`} className="truncate hover:underline">
              {board.name}
            </a>
            <button type="button" aria-label={`Take off ${board.name}`} onClick={() => take(board)} className="-mr-2.5 grid size-7 place-items-center text-muted hover:text-ink">
              <X size={13} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      <input
        type="text"
        data-board-input
        aria-label="Put it on a board"
        placeholder="Put it on a board"
        value={text}
        maxLength={80}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="h-9 w-full rounded border border-control/60 bg-raised px-3 hover:border-control"
      />
      {isOpen && (found.length > 0 || isNew) && (
        <ul aria-label="Boards to choose from" className="flex flex-wrap gap-1.5">
          {found.slice(0, OFFERED).map((board) => (
            <li key={board.id} className="max-w-full">
              <button type="button" onClick={() => put(board)} className={chip}>
                <Visibility board={board} />
                <span className="truncate">{board.name}</span>
              </button>
            </li>
          ))}
          {isNew && (
            <li className="max-w-full">
              <button type="button" onClick={async () => put(await create(text.trim()))} className={chip}>
                <Plus size={14} aria-hidden className="shrink-0" />
                <span className="truncate">New board “{text.trim()}”</span>
              </button>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}

function Visibility({ board }) {
  const Icon = board.visibility === "team" ? Users : Lock;
  return (
    <>
      <Icon size={13} aria-hidden className="shrink-0 text-muted" />
      <span className="sr-only">{board.visibility === "team" ? "For the team: " : "Private: "}</span>
    </>
  );
}
