import { Columns2, Download, FolderMinus, FolderPlus, Heart, Share2, Star, StarOff, Tag, Trash2, Undo2, X } from "lucide-react";

import { Menu, MenuItem } from "./menu.jsx";
import { sizeLabel } from "./image_facts.jsx";
import { useSelection } from "./gallery_selection.js";
import { number } from "./gallery_words.js";

const BUTTON = "inline-flex h-9 min-w-9 shrink-0 items-center justify-center gap-2 rounded px-2 hover:bg-raised disabled:opacity-40";

function Button({ icon: Icon, label, word, keyName, onClick, tone = "" }) {
  return (
    <button type="button" aria-label={label} title={keyName ? `${label} (${keyName})` : label} onClick={onClick} className={`${BUTTON} ${tone}`}>
      <Icon size={18} aria-hidden />
      {word && <span className="hidden 2xl:inline">{word}</span>}
    </button>
  );
}

function Rate({ actions }) {
  return (
    <Menu label="Rating">
      <button type="button" aria-label="Rate" title="Rate (1–5)" className={BUTTON}>
        <Star size={18} aria-hidden />
        <span className="hidden 2xl:inline">Rate</span>
      </button>
      <>
        {[5, 4, 3, 2, 1].map((stars) => (
          <MenuItem key={stars} onSelect={() => actions.rate(stars)}>
            <span aria-hidden className="flex gap-0.5">
              {Array.from({ length: stars }, (_, at) => (
                <Star key={at} size={14} className="fill-amber text-amber" />
              ))}
            </span>
            <span className="sr-only">{stars} of 5</span>
            <span aria-hidden className="ml-auto pl-6 font-mono text-xs text-muted">
              {stars}
            </span>
          </MenuItem>
        ))}
        <MenuItem onSelect={() => actions.rate(0)}>
          <StarOff size={14} aria-hidden className="text-muted" /> No rating
          <span aria-hidden className="ml-auto pl-6 font-mono text-xs text-muted">0</span>
        </MenuItem>
      </>
    </Menu>
  );
}

/** How many are ticked and how large they are, for as long as that is known. */
function Count({ selection, list }) {
  const count = selection.count(list.total);
  const bytes = selection.size(list.bytes);
  return (
    <p role="status" className="min-w-0 flex-1 truncate font-medium">
      {number(count)} <span className="max-sm:sr-only">selected</span>
      {bytes ? <span className="ml-2 font-mono text-sm font-normal text-muted">{sizeLabel(bytes)}</span> : null}
    </p>
  );
}

/** What can be done to what is ticked. In the place of the search on a desktop, at the bottom on a phone. */
export function SelectionBar({ list, selection, actions, view, board }) {
  useSelection(selection);
  const isTrash = view === "trash";
  const canCompare = !selection.isAll && selection.ids.size >= 2 && selection.ids.size <= 4;
  const everything = list.total !== null && selection.count(list.total) < list.total;
  return (
    <div
      role="toolbar"
      aria-label="Selected images"
      className="enter fixed inset-x-0 bottom-(--bottom-bar) z-30 flex items-center gap-1 border-t border-line bg-surface px-2 py-1.5 sm:static sm:z-auto sm:h-10 sm:flex-1 sm:rounded sm:border sm:px-1 sm:py-0"
    >
      <Button icon={X} label="Clear the selection" keyName="Esc" onClick={() => selection.clear()} />
      <Count selection={selection} list={list} />
      {everything && (
        <button type="button" aria-label={`Select all ${number(list.total)}`} onClick={() => actions.all()} className={`${BUTTON} shrink-0 text-sm text-amber`}>
          <span className="max-sm:hidden">Select all</span>
          <span className="sm:hidden">All</span> {number(list.total)}
        </button>
      )}
      <div className="flex min-w-0 items-center overflow-x-auto [scrollbar-width:none]">
        {isTrash ? (
          <>
            <Button icon={Undo2} label="Restore" word="Restore" keyName="R" onClick={() => actions.restore()} />
            <Button icon={Trash2} label="Delete for good" word="Delete for good" keyName="Del" onClick={() => actions.purge()} tone="text-bad" />
          </>
        ) : (
          <>
            {canCompare && <Button icon={Columns2} label="Compare" word="Compare" keyName="C" onClick={() => actions.compared()} />}
            <Rate actions={actions} />
            <Button icon={Heart} label="Favourite" word="Favourite" keyName="." onClick={() => actions.star()} />
            <Button icon={Tag} label="Tag" word="Tag" keyName="T" onClick={() => actions.tag()} />
            <Button icon={FolderPlus} label="Put on a board" word="Board" keyName="B" onClick={() => actions.board()} />
            {board && <Button icon={FolderMinus} label={`Take off ${board.name}`} onClick={() => actions.removeFromBoard(board)} />}
            <Button icon={Download} label="Download" word="Download" keyName="Shift D" onClick={() => actions.download()} />
            <Button icon={Share2} label="Share" word="Share" keyName="Shift S" onClick={() => actions.share()} />
            <Button icon={Trash2} label="Move to the trash" word="Trash" keyName="Del" onClick={() => actions.trash()} />
          </>
        )}
      </div>
    </div>
  );
}
