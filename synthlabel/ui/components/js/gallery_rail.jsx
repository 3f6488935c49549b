import { Ellipsis, Heart, Images, Layers, Lock, Plus, StarOff, Trash2, User, Users } from "lucide-react";
import { useRef, useState } from "react";

import { Menu, MenuItem, MenuSeparator } from "./menu.jsx";
import { VIEWS } from "./gallery_query.js";
import { images, number } from "./gallery_words.js";

const ICONS = { all: Images, mine: User, shared: Users, favorites: Heart, unrated: StarOff, trash: Trash2 };
const ITEM = "flex h-9 w-full min-w-0 items-center gap-2.5 rounded px-2.5 text-left";
const look = (isOpen) => (isOpen ? "bg-raised font-medium text-ink" : "text-muted hover:bg-raised hover:text-ink");

function View({ name, view, onChoose }) {
  const Icon = ICONS[name];
  return (
    <li>
      <button type="button" aria-current={view === name ? "page" : undefined} onClick={() => onChoose(name)} className={`${ITEM} ${look(view === name)}`}>
        <Icon size={16} aria-hidden className="shrink-0" />
        <span className="truncate">{VIEWS[name].name}</span>
      </button>
    </li>
  );
}

/** A field for a name, in place: Enter takes it, Esc and leaving it do not. */
function NameField({ label, value = "", onDone }) {
  const done = useRef(false);
  const finish = (name) => {
    if (done.current) return;
    done.current = true;
    onDone(name?.trim() || null);
  };
  return (
    <input
      type="text"
      aria-label={label}
      placeholder={label}
      defaultValue={value}
      maxLength={80}
      autoFocus
      onFocus={(event) => event.target.select()}
      onBlur={() => finish(null)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") finish(event.target.value);
        else if (event.key === "Escape") finish(null);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
      className="h-9 w-full min-w-0 rounded border border-control bg-raised px-2.5"
    />
  );
}

const badgeOf = (board) => (board.visibility === "team" ? [Users, "everybody on the team sees it"] : [Lock, "only you see it"]);

function Board({ board, isOpen, onChoose, boards, dropped }) {
  const [isNaming, setNaming] = useState(false);
  const [isOver, setOver] = useState(false);
  const [Badge, meaning] = badgeOf(board);
  const isTeam = board.visibility === "team";
  if (isNaming)
    return (
      <li>
        <NameField
          label="Name of the board"
          value={board.name}
          onDone={(name) => {
            setNaming(false);
            if (name && name !== board.name) boards.change(board, { name });
          }}
        />
      </li>
    );
  return (
    <li
      className="group/board relative"
      onDragOver={(event) => dropped.accepts(event) && (event.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => (event.preventDefault(), setOver(false), dropped.onto(board))}
    >
      <button
        type="button"
        aria-label={`${board.name}, ${meaning}, ${images(board.count ?? 0)}`}
        aria-current={isOpen ? "page" : undefined}
        onClick={() => onChoose(`board:${board.id}`)}
        className={`${ITEM} [@media(hover:none)]:pr-10 ${isOver ? "bg-amber text-on-amber" : look(isOpen)}`}
      >
        <Badge size={16} aria-hidden className="shrink-0" />
        <span className="truncate">{board.name}</span>
        <span className="ml-auto font-mono text-xs group-focus-within/board:opacity-0 [@media(hover:hover)]:group-hover/board:opacity-0">{number(board.count ?? 0)}</span>
      </button>
      {board.is_mine !== false && (
        <span className="absolute top-0.5 right-0.5 opacity-0 group-focus-within/board:opacity-100 group-hover/board:opacity-100 has-[[data-state=open]]:opacity-100 [@media(hover:none)]:opacity-100">
          <Menu label={board.name}>
            <button type="button" aria-label={`More for ${board.name}`} className="grid size-8 place-items-center rounded text-muted hover:text-ink">
              <Ellipsis size={16} aria-hidden />
            </button>
            <>
            <MenuItem onSelect={() => setTimeout(() => setNaming(true))}>Rename</MenuItem>
            <MenuItem onSelect={() => boards.change(board, { visibility: isTeam ? "private" : "team" })}>{isTeam ? "Make it private" : "Show it to the team"}</MenuItem>
            <MenuSeparator />
            <MenuItem onSelect={() => boards.remove(board).then(() => isOpen && onChoose("mine"))}>
              <span className="text-bad">Delete the board</span>
            </MenuItem>
            </>
          </Menu>
        </span>
      )}
    </li>
  );
}

function Boards({ view, onChoose, boards, dropped }) {
  const [isNaming, setNaming] = useState(false);
  const make = async (name) => {
    setNaming(false);
    if (name) await boards.create(name);
  };
  return (
    <section className="flex flex-col gap-0.5">
      <div className="flex items-center justify-between pt-4 pl-2.5">
        <h2 className="flex items-center gap-2 text-xs font-medium text-muted">
          <Layers size={14} aria-hidden /> Boards
        </h2>
        <button type="button" aria-label="New board" title="New board" onClick={() => setNaming(true)} className="grid size-8 place-items-center rounded text-muted hover:bg-raised hover:text-ink">
          <Plus size={16} aria-hidden />
        </button>
      </div>
      {isNaming && <NameField label="Name of the board" onDone={make} />}
      {boards.boards?.length ? (
        <ul className="flex flex-col gap-0.5">
          {boards.boards.map((board) => (
            <Board key={board.id} board={board} isOpen={view === `board:${board.id}`} {...{ onChoose, boards, dropped }} />
          ))}
        </ul>
      ) : (
        boards.boards && !isNaming && <p className="px-2.5 text-sm text-pretty text-muted">Sets of images, for you or for the team.</p>
      )}
    </section>
  );
}

/** What can be looked at. `boards` as from `useBoards`, `dropped` says what may be dropped onto a board and does it. */
export function Rail({ view, onChoose, boards, dropped }) {
  return (
    <div className="flex flex-col pb-4">
      <ul className="flex flex-col gap-0.5">
        {["all", "mine", "shared", "favorites", "unrated"].map((name) => (
          <View key={name} {...{ name, view, onChoose }} />
        ))}
      </ul>
      <Boards {...{ view, onChoose, boards, dropped }} />
      <ul className="mt-4 border-t border-line pt-2">
        <View name="trash" view={view} onChoose={onChoose} />
      </ul>
    </div>
  );
}

export function viewName(view, boards) {
  if (!view.startsWith("board:")) return (VIEWS[view] ?? VIEWS.mine).name;
  return boards?.find((board) => `board:${board.id}` === view)?.name ?? "Board";
}
