import { Search, X } from "lucide-react";
import { useEffect, useId, useMemo, useRef, useState } from "react";

import { readFacets } from "./gallery_requests.js";
import { chipOf, chipText, filterOf, KEYS, parse, textOf } from "./gallery_query.js";
import { number } from "./gallery_words.js";

const TYPING_MS = 220;
const SHOWN = 8;

const HINTS = [
  ...["model", "tag", "board"].map((key) => ({ insert: `${key}:`, label: `${key}:`, hint: KEYS[key].hint })),
  { insert: "rating>=4 ", label: "rating>=4", hint: "four stars or more, of your own" },
  { insert: "is:favorite ", label: "is:favorite", hint: "your favourites" },
  { insert: "is:unrated ", label: "is:unrated", hint: "without a rating of yours" },
  ...["seed", "size", "before", "after", "by"].map((key) => ({ insert: `${key}:`, label: `${key}:`, hint: `${KEYS[key].hint}, as ${KEYS[key].example}` })),
];

/** A chip that is being typed is not searched for as a word. */
const searched = (words) => (KEY_BEGUN.test(lastWord(words)) ? words.slice(0, words.length - lastWord(words).length) : words).trim().replace(/\s+/g, " ");
const KEY_BEGUN = new RegExp(`^(${Object.keys(KEYS).join("|")})(:|>)`, "i");

const lastWord = (words) => /(?:^|\s)(\S*)$/.exec(words)[1];
const includes = (text, part) => text.toLowerCase().includes(part.toLowerCase());

/** What the facets of a search offer: `{key, value, name, count}`. */
function valuesOf(facets, boards) {
  const named = (list = [], key) => list.map(({ value, name, count }) => ({ key, value: String(value), name: name ?? String(value), count }));
  const known = new Map(boards.map((board) => [board.id, board.name]));
  const board = (facets.boards ?? []).map((one) => ({ key: "board", value: known.get(one.value) ?? one.name ?? one.value, name: known.get(one.value) ?? one.name, count: one.count }));
  return [...named(facets.models, "model"), ...named(facets.tags, "tag"), ...board, ...named(facets.ratings, "rating")];
}

/** What may come next after what is typed: values with their counts, then the keys themselves. */
export function suggestions(words, facets, boards, chips) {
  const word = lastWord(words);
  const [, key, part] = /^([a-z]+):(.*)$/i.exec(word) ?? [null, null, word];
  const taken = new Set(chips.map(chipText));
  const values = valuesOf(facets, boards)
    .filter((one) => (key ? one.key === key.toLowerCase() : word.length > 0 && one.key !== "rating"))
    .filter((one) => includes(one.value, part) || includes(one.name, part))
    .map((one) => ({ ...one, chip: { key: one.key, op: ":", value: one.value } }))
    .filter((one) => !taken.has(chipText(one.chip)))
    .map((one) => ({ id: chipText(one.chip), chip: one.chip, label: chipText(one.chip), hint: one.name === one.value ? "" : one.name, count: one.count }));
  const hints = key ? [] : HINTS.filter((hint) => hint.label.startsWith(word.toLowerCase())).map((hint) => ({ id: hint.label, ...hint }));
  return [...values.slice(0, SHOWN), ...(word ? hints : hints.slice(0, SHOWN + 3))];
}

/** Counts for the chips, read while the field is open; of the search without the word that is being typed. */
function useFacets(isOpen, view, chips, words, boards) {
  const [facets, setFacets] = useState({});
  const settled = words.slice(0, words.length - lastWord(words).length).trim();
  const key = JSON.stringify(filterOf(view, textOf({ chips, words: settled }), boards));
  useEffect(() => {
    if (!isOpen) return undefined;
    let isCurrent = true;
    const timer = setTimeout(
      () =>
        readFacets(JSON.parse(key)).then(
          (answer) => isCurrent && setFacets(answer),
          () => null, // suggestions are a help, the search works without
        ),
      80,
    );
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [isOpen, key]);
  return facets;
}

function Chip({ chip, onRemove }) {
  const text = chipText(chip);
  return (
    <span className="flex h-7 max-w-56 shrink-0 items-center rounded-sm bg-amber/15 pl-2 text-sm text-ink">
      <span className="truncate">
        <span className="text-muted">
          {chip.key}
          {chip.op === ">=" ? " ≥ " : ": "}
        </span>
        {chip.value}
      </span>
      <button type="button" tabIndex={-1} aria-label={`Remove ${text}`} onClick={onRemove} className="grid size-7 shrink-0 place-items-center text-muted hover:text-ink">
        <X size={13} aria-hidden />
      </button>
    </span>
  );
}

function Suggestion({ id, item, isActive, onChoose }) {
  return (
    <li
      id={id}
      role="option"
      aria-selected={isActive}
      onPointerDown={(event) => (event.preventDefault(), onChoose(item))}
      className={`flex min-h-9 cursor-pointer items-center gap-3 rounded px-2.5 ${isActive ? "bg-raised" : "hover:bg-raised"}`}
    >
      <span className="min-w-24 shrink-0 truncate">{item.label}</span>
      <span className="min-w-0 truncate text-sm text-muted">{item.hint}</span>
      {item.count !== undefined && <span className="ml-auto font-mono text-xs text-muted">{number(item.count)}</span>}
    </li>
  );
}

/**
 * Words and chips in one field. `text` is the whole search, `onChange(text, {isTyping})` gets the next one: chips at
 * once, words as one types.
 */
export function SearchField({ text, view, boards, placeholder, onChange, onLeave }) {
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const { chips, words: sentWords } = useMemo(() => parse(text), [text]);
  const [words, setWords] = useState(sentWords);
  const typed = useRef(null);
  const input = useRef(null);
  const listId = useId();
  const facets = useFacets(isOpen, view, chips, words, boards);
  const items = isOpen ? suggestions(words, facets, boards, chips) : [];

  const latest = useRef();
  latest.current = { chips, sentWords };

  // The address is another one (Back, a link): that is what the field shows, unless it is the echo of what was typed.
  useEffect(() => {
    if (typed.current !== null && typed.current === sentWords) typed.current = null;
    else if (typed.current === null) setWords(sentWords);
  }, [sentWords]);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (searched(words) === latest.current.sentWords) return;
      typed.current = searched(words);
      onChange(textOf({ chips: latest.current.chips, words: typed.current }), { isTyping: true });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [words]); // eslint-disable-line react-hooks/exhaustive-deps

  const commit = (nextChips, nextWords) => {
    typed.current = null;
    setWords(nextWords);
    setActive(-1);
    onChange(textOf({ chips: nextChips, words: nextWords }));
  };
  const type = (value) => {
    setActive(-1);
    setOpen(true);
    const chip = /\s$/.test(value) ? chipOf(lastWord(value.trimEnd())) : null;
    if (chip) commit([...chips, chip], value.trimEnd().slice(0, -lastWord(value.trimEnd()).length));
    else setWords(value);
  };
  const choose = (item) => {
    const before = words.slice(0, words.length - lastWord(words).length);
    if (item.chip) commit([...chips, item.chip], before);
    else type(before + item.insert);
    input.current.focus();
  };
  const enter = () => {
    if (items[active]) return choose(items[active]);
    const last = lastWord(words);
    const chip = chipOf(last);
    setOpen(false);
    if (chip) return commit([...chips, chip], words.slice(0, -last.length));
    return commit(chips, words);
  };
  const escape = () => {
    if (isOpen && items.length) return setOpen(false);
    if (text || words) return commit([], "");
    return onLeave();
  };
  const onKeyDown = (event) => {
    if (event.nativeEvent.isComposing) return;
    const move = (by) => (setOpen(true), setActive((now) => (items.length ? (now + by + items.length + (now < 0 && by < 0 ? 1 : 0)) % items.length : -1)));
    const isBare = input.current.selectionStart === 0 && input.current.selectionEnd === 0;
    const run = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Enter: enter,
      Escape: escape,
      Tab: () => (items[active] ? choose(items[active]) : false),
      Backspace: () => (isBare && chips.length ? commit(chips.slice(0, -1), words) : false),
    }[event.key];
    if (!run || run() === false) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const isFilled = chips.length > 0 || words !== "";
  return (
    <search className="relative min-w-0 flex-1">
      <div
        onPointerDown={(event) => event.target === event.currentTarget && (event.preventDefault(), input.current.focus())}
        className="flex h-10 w-full min-w-0 items-center gap-1.5 overflow-x-auto rounded border border-control/60 bg-raised pl-3 [scrollbar-width:none] focus-within:outline-2 focus-within:outline-amber hover:border-control"
      >
        <Search size={16} aria-hidden className="shrink-0 text-muted" />
        {chips.map((chip, at) => (
          <Chip key={chipText(chip)} chip={chip} onRemove={() => commit(chips.filter((_, other) => other !== at), words)} />
        ))}
        <input
          ref={input}
          data-search
          type="text"
          role="combobox"
          aria-label="Search images"
          aria-expanded={isOpen && items.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={items[active] ? `${listId}-${active}` : undefined}
          placeholder={chips.length ? "" : placeholder}
          value={words}
          maxLength={500}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => type(event.target.value)}
          onFocus={() => setOpen(true)}
          onClick={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
          className="h-full min-w-24 flex-1 bg-transparent outline-none!"
        />
        {isFilled && (
          <button type="button" aria-label="Clear the search" title="Clear (Esc)" onClick={() => (commit([], ""), input.current.focus())} className="sticky right-0 grid size-9 shrink-0 place-items-center bg-raised text-muted hover:text-ink">
            <X size={16} aria-hidden />
          </button>
        )}
      </div>
      <ul
        id={listId}
        role="listbox"
        aria-label="Suggestions"
        className={`absolute top-full right-0 left-0 z-30 mt-1.5 max-h-[50dvh] overflow-y-auto rounded-lg border border-line bg-surface p-1 text-ink shadow-float ${isOpen && items.length ? "" : "hidden"}`}
      >
        {items.map((item, at) => (
          <Suggestion key={item.id} id={`${listId}-${at}`} item={item} isActive={at === active} onChoose={choose} />
        ))}
      </ul>
    </search>
  );
}
