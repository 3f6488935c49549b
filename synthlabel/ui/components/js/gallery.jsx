import { ChevronDown } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useNavigate, useNavigationType } from "react-router";

import { Compare } from "./compare.jsx";
import { SegmentedControl } from "./controls.jsx";
import { DownloadDialog } from "./download_dialog.jsx";
import { Actions } from "./gallery_actions.js";
import { useCompared, useOpenImage, useQuery } from "./gallery_address.js";
import { SelectionBar } from "./gallery_bar.jsx";
import { useBoards } from "./gallery_boards.js";
import { ImageList, useList } from "./gallery_data.js";
import { BoardDialog, PurgeDialog, TagDialog } from "./gallery_dialogs.jsx";
import { Grid, SIZES, Skeletons } from "./gallery_grid.jsx";
import { gridKeyReader, keysOf } from "./gallery_keys.js";
import { filterOf, parse } from "./gallery_query.js";
import { Rail, viewName } from "./gallery_rail.jsx";
import { Scrubber } from "./gallery_scrubber.jsx";
import { SearchField } from "./gallery_search.jsx";
import { Selection, useSelection } from "./gallery_selection.js";
import { Broken, Empty, FreshPill, Waiting } from "./gallery_states.jsx";
import { Viewport } from "./gallery_viewport.js";
import { images as imagesOf } from "./gallery_words.js";
import { Keys } from "./keys.jsx";
import { Lightbox } from "./lightbox.jsx";
import { LIGHTBOX_KEYS } from "./lightbox_keys.js";
import { Dialog } from "./overlays.jsx";
import { ShareDialog } from "./share_dialog.jsx";

const NEWS_MS = 300;
const FOCUS_TRIES = 120;
const SIZE_OPTIONS = [
  { value: "small", label: "S" },
  { value: "medium", label: "M" },
  { value: "large", label: "L" },
];

function useSize() {
  const [size, setSize] = useState(() => (localStorage.getItem("gallery-size") in SIZES ? localStorage.getItem("gallery-size") : "medium"));
  const keep = (next) => (localStorage.setItem("gallery-size", next), setSize(next));
  return [size, keep];
}

function useMedia(query) {
  const [holds, setHolds] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const media = window.matchMedia(query);
    const listen = () => setHolds(media.matches);
    media.addEventListener("change", listen);
    return () => media.removeEventListener("change", listen);
  }, [query]);
  return holds;
}

function leaveForSignIn() {
  const { pathname, search } = window.location;
  // The shell may have been faster.
  if (pathname.startsWith("/gallery")) window.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}

/** List, viewport and selection of a query; all three are new with each query. `version` changes when there is news. */
function useGallery(filterKey, version) {
  const parts = useMemo(() => {
    const list = new ImageList(JSON.parse(filterKey));
    return { list, viewport: new Viewport(list), selection: new Selection() };
  }, [filterKey]);
  const { list } = parts;
  useEffect(() => {
    list.start();
    return () => list.dispose();
  }, [list]);
  const seen = useRef(version);
  useEffect(() => {
    if (seen.current === version) return undefined;
    const isFirst = seen.current === "";
    seen.current = version;
    const timer = setTimeout(() => list.refresh({ isFirst }), NEWS_MS);
    return () => clearTimeout(timer);
  }, [version, list]);
  useList(list);
  useEffect(() => {
    if (list.problem?.status === 401) leaveForSignIn();
  }, [list, list.problem]);
  return parts;
}

/** Where somebody was in this query, for when they come back to it. */
function usePlace(viewport, filterKey) {
  const isReturning = useNavigationType() === "POP";
  const key = `gallery-place ${filterKey}`;
  useMemo(() => {
    const place = isReturning && sessionStorage.getItem(key);
    if (place) viewport.returnTo(JSON.parse(place));
    // Only when the query is opened, not when the way of the next navigation is another one.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [viewport]);
  useEffect(() => {
    const keep = () => (viewport.place ? sessionStorage.setItem(key, JSON.stringify(viewport.place)) : sessionStorage.removeItem(key));
    window.addEventListener("pagehide", keep);
    return () => {
      window.removeEventListener("pagehide", keep);
      keep();
    };
  }, [viewport, key]);
}

/** Gives an image the focus, wherever it is: its chunk may have to be read first, and its row to be drawn. */
function useMoves({ list, viewport, selection }) {
  const wanted = useRef(null);
  const focus = useCallback((id) => {
    wanted.current = id;
    const find = (tries) => {
      if (wanted.current !== id) return;
      const tile = document.querySelector(`[data-grid] [data-image="${id}"]`);
      if (tile) tile.focus({ preventScroll: true });
      else if (tries) requestAnimationFrame(() => find(tries - 1));
    };
    find(FOCUS_TRIES);
  }, []);
  const goTo = useCallback(
    async (index) => {
      viewport.reveal(index);
      const image = list.imageAt(index) ?? (await list.ensure(index));
      if (!image) return;
      selection.focus(image.id);
      viewport.reveal(list.indexOf(image.id));
      focus(image.id);
    },
    [list, viewport, selection, focus],
  );
  const moveTo = useCallback((id) => goTo(list.indexOf(id)), [goTo, list]);
  return { goTo, moveTo };
}

function makeHands({ list, selection, actions, open, dragged }) {
  const range = async (image) => {
    const from = list.indexOf(selection.anchorId ?? selection.currentId ?? image.id);
    const to = list.indexOf(image.id);
    selection.set(await list.imagesBetween(Math.min(from, to), Math.max(from, to)), true);
  };
  const tick = (event, image) => {
    event.preventDefault();
    if (event.shiftKey) range(image);
    else selection.toggle(image);
  };
  return {
    tick,
    click(event, image) {
      event.preventDefault();
      if (event.shiftKey || event.ctrlKey || event.metaKey || !selection.isEmpty) tick(event, image);
      else open(image.id);
    },
    hold: (image) => selection.toggle(image),
    drag(event, image) {
      const target = selection.has(image.id) ? actions.target() : { selection: { ids: [image.id] }, images: [image], count: 1 };
      dragged.current = target;
      event.dataTransfer.effectAllowed = "copy";
      event.dataTransfer.setData("text/plain", `${window.location.origin}/gallery?image=${image.id}`);
      event.dataTransfer.setDragImage(dragLabel(target.count), 12, 12);
    },
    drop: () => (dragged.current = null),
  };
}

function dragLabel(count) {
  const label = document.createElement("div");
  label.textContent = imagesOf(count);
  label.className = "fixed -top-20 left-0 rounded bg-amber px-3 py-1.5 font-medium text-on-amber";
  document.body.append(label);
  requestAnimationFrame(() => label.remove());
  return label;
}

/** The images of a view and a search; the address carries both, and the image that is open. */
export function Gallery({ version = "" }) {
  const { view, text, setView, setText } = useQuery();
  const boards = useBoards(version);
  const filterKey = JSON.stringify(filterOf(view, text, boards.boards ?? []));
  const { list, viewport, selection } = useGallery(filterKey, version);
  usePlace(viewport, filterKey);
  const navigate = useNavigate();
  const [openId, open, close] = useOpenImage();
  const [comparedIds, compare, closeCompared] = useCompared();
  const [asked, setAsked] = useState(null);
  const [size, setSize] = useSize();
  const isWide = useMedia("(min-width: 64rem)");
  const hasMouse = useMedia("(hover: hover)");
  const dragged = useRef(null);

  const { goTo, moveTo } = useMoves({ list, viewport, selection });
  const actions = useMemo(
    () => new Actions({ list, selection, moveTo, compare, go: navigate, ask: (what, target) => setAsked({ what, target }) }),
    [list, selection, moveTo, compare, navigate],
  );
  const hands = useMemo(() => makeHands({ list, selection, actions, open, dragged }), [list, selection, actions, open]);
  const onKeyDown = useMemo(
    () => gridKeyReader({ list, viewport, selection, actions, open, goTo }),
    [list, viewport, selection, actions, open, goTo],
  );
  useClearing(selection);
  const leave = async (lastId) => {
    close();
    const index = await list.locate(lastId);
    if (index >= 0) goTo(index);
  };
  const dropped = { accepts: () => dragged.current !== null, onto: (board) => actions.addToBoard(dragged.current, board) };
  const rail = { view, boards, dropped };
  const board = boards.boards?.find((one) => `board:${one.id}` === view);
  const focusFirst = () => document.querySelector('[data-grid] [data-image][tabindex="0"]')?.focus();
  const isEmpty = list.status === "ready" && list.total === 0;
  // What is open has keys of its own: the palette must not offer what would be done to the grid behind it.
  const isCovered = Boolean(openId || comparedIds);
  return (
    <div className="flex min-h-0 flex-[1_1_0px]">
      {!isCovered &&
        keysOf(view).map(({ title, keys }) => <Keys key={title} title={title} bindings={keys} onAction={(name) => actions.run(name)} />)}
      {!isCovered && <Keys title="An open image" bindings={LIGHTBOX_KEYS} />}
      {isWide && (
        <nav aria-label="Views" className="w-52 shrink-0 overflow-y-auto border-r border-line px-2 pt-3 xl:w-56">
          <Rail {...rail} onChoose={setView} />
        </nav>
      )}
      <section aria-label={viewName(view, boards.boards)} className="relative flex min-w-0 flex-1 flex-col">
        <Toolbar {...{ list, selection, actions, view, board }}>
          {!isWide && <Views {...rail} onChoose={setView} />}
          <SearchField
            {...{ text, view }}
            boards={boards.boards ?? []}
            placeholder={isWide ? "Search prompts, or model:  tag:  rating>=" : "Search"}
            onChange={setText}
            onLeave={focusFirst}
          />
          <div className="max-sm:hidden">
            <SegmentedControl label="Size of the images" value={size} options={SIZE_OPTIONS} onChange={setSize} />
          </div>
        </Toolbar>
        <Status {...{ list, view, text, actions }} />
        <div className="relative flex min-h-0 flex-[1_1_0px] flex-col">
          <FreshPill count={list.fresh} onShow={() => (viewport.goTo(0), list.showFresh())} />
          {list.status === "error" ? (
            <Broken problem={list.problem} onRetry={() => list.start()} onClear={() => setText("")} />
          ) : (
            <Grid
              {...{ list, viewport, selection, size, hands, onKeyDown }}
              label="Images"
              padding={isWide ? { left: 20, right: hasMouse ? 56 : 20 } : { left: 8, right: 8 }}
            >
              {list.status === "loading" && (
                <div className="absolute inset-x-2 top-11 lg:right-14 lg:left-5">
                  <Skeletons rows={4} height={SIZES[size]} />
                </div>
              )}
              {isEmpty && <Empty view={view} isSearch={text !== ""} onClear={() => setText("")} />}
            </Grid>
          )}
          <Scrubber list={list} viewport={viewport} revision={list.revision} />
        </div>
      </section>
      <Asked {...{ asked, boards, actions }} onClose={() => setAsked(null)} />
      {openId && !comparedIds && <Lightbox id={openId} ticked={[...selection.ids.keys()]} onMove={open} onClose={leave} {...{ list, boards, compare, navigate }} />}
      {comparedIds && (
        <Compare ids={comparedIds} list={list} onChange={(ids) => compare(ids, { replace: true })} onClose={() => closeCompared()} onOpen={closeCompared} />
      )}
    </div>
  );
}

/** Esc takes the ticks off, unless it closes something else first. */
function useClearing(selection) {
  useEffect(() => {
    const listen = (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (document.querySelector('[role="dialog"][data-state="open"], [role="menu"][data-state="open"]')) return;
      selection.clear();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [selection]);
}

function Toolbar({ list, selection, actions, view, board, children }) {
  useSelection(selection);
  const isPhone = !useMedia("(min-width: 40rem)");
  const bar = !selection.isEmpty && <SelectionBar {...{ list, selection, actions, view, board }} />;
  return (
    <div className="flex min-h-10 shrink-0 items-center gap-2 px-2 pt-3 sm:gap-3 sm:px-4 lg:px-5">
      {(isPhone || !bar) && children}
      {bar}
    </div>
  );
}

function Status({ list, view, text, actions }) {
  const count = list.total;
  const empty = () => actions.ask("purge", { selection: { filter: { trashed: true }, except: [], as_of: list.asOf }, images: [], count });
  return (
    <div className="flex h-9 shrink-0 items-center gap-4 px-3 text-sm text-muted sm:px-4 lg:px-5">
      <p role="status">{count > 0 && (parse(text).words || parse(text).chips.length ? `${imagesOf(count)} found` : imagesOf(count))}</p>
      <Waiting />
      {view === "trash" && count > 0 && !text && (
        <button type="button" onClick={empty} className="ml-auto h-8 rounded px-2 font-medium text-bad hover:bg-raised">
          Empty the trash
        </button>
      )}
    </div>
  );
}

/** The rail of a phone: a button that says where one is, and a sheet. */
function Views({ onChoose, ...rail }) {
  const [isOpen, setOpen] = useState(false);
  const choose = (view) => (setOpen(false), onChoose(view));
  return (
    <>
      <button type="button" aria-haspopup="dialog" onClick={() => setOpen(true)} className="flex h-10 max-w-[40%] shrink-0 items-center gap-1.5 rounded border border-line bg-raised px-3 font-medium">
        <span className="truncate">{viewName(rail.view, rail.boards.boards)}</span>
        <ChevronDown size={16} aria-hidden className="shrink-0 text-muted" />
      </button>
      <Dialog open={isOpen} title="Show" onClose={() => setOpen(false)}>
        <Rail {...rail} onChoose={choose} />
      </Dialog>
    </>
  );
}

function Asked({ asked, boards, actions, onClose }) {
  if (!asked) return null;
  const { what, target } = asked;
  if (what === "tag") return <TagDialog {...{ target, actions, onClose }} />;
  if (what === "board") return <BoardDialog {...{ target, boards, actions, onClose }} />;
  if (what === "download") return <DownloadDialog {...{ target, onClose }} />;
  if (what === "share") return <ShareDialog images={target.images} onClose={onClose} />;
  if (what === "purge") return <PurgeDialog {...{ target, actions, onClose }} />;
  return null;
}
