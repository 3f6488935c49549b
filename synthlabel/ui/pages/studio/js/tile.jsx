import {
  Columns2, Download, Ellipsis, Heart, ImagePlus, Info, Link2, Maximize2, Ratio, ScanText, Scissors, Shuffle, SlidersHorizontal, Sparkles, Sprout, Star, TextQuote, Trash2,
} from "lucide-react";
import { useEffect, useState } from "react";
import { Link } from "react-router";

import { isMarked, useMarked } from "./compared.js";
import { call, fileAddress, listen, Menu, MenuItem, MenuSeparator, moneyLabel, Picture, run, shownKeys } from "./shared.js";

export const TAKES = [
  { action: "take:all", icon: SlidersHorizontal, text: "Use all settings", press: "a" },
  { action: "take:all_but_seed", icon: Shuffle, text: "Use all but the seed", press: "r" },
  { action: "take:prompt", icon: TextQuote, text: "Use the words", press: "p" },
  { action: "take:seed", icon: Sprout, text: "Use the seed", press: "s" },
  { action: "take:size", icon: Ratio, text: "Use the size", press: "d" },
  { action: "take:variations", icon: Sparkles, text: "Make variations", press: "v" },
  { action: "take:source", icon: ImagePlus, text: "Use it as a source", press: "e" },
];
export const TOOLS = [
  { action: "tool:upscale", task: "upscale", params: { upscale_factor: 2 }, icon: Maximize2, text: "Upscale 2×", press: "u" },
  { action: "tool:remove_background", task: "remove_background", params: {}, icon: Scissors, text: "Remove the background", press: "k" },
  { action: "tool:describe", task: "describe", params: {}, icon: ScanText, text: "Describe it in words", press: "n" },
];
export const OTHERS = [
  { action: "favorite", icon: Heart, text: "Favourite", press: "." },
  { action: "compare", icon: Columns2, text: "Compare with others", press: "c" },
  { action: "info", icon: Info, text: "What is known of it", press: "i" },
  { action: "download", icon: Download, text: "Download", press: "shift+d" },
  { action: "link", icon: Link2, text: "Copy its link", press: "l" },
  { action: "trash", icon: Trash2, text: "Move it to the trash", press: "delete" },
];

/** What it means is known where the keys are: see `tile_keys.jsx`. */
const onAct = (action, id, price) => run("tile", { action, id, price });

/** The marks as they are on this screen: what was done here shows before the server has said so. */
function useMarks(id, rating, favorite) {
  const [own, setOwn] = useState({});
  useEffect(() => setOwn({}), [rating, favorite]);
  useEffect(() => {
    const concerns = (entry) => entry.selection?.ids?.includes(id);
    return listen({
      apply: (entry) => {
        if (!concerns(entry)) return;
        if (entry.kind === "rate") setOwn((marks) => ({ ...marks, rating: entry.value.rating ?? 0 }));
        else if (entry.kind === "favorite") setOwn((marks) => ({ ...marks, favorite: entry.value.favorite }));
        else if (entry.kind === "undo") setOwn({});
      },
      revert: (entry) => concerns(entry) && setOwn({}),
    });
  }, [id]);
  return { rating: own.rating ?? rating, favorite: own.favorite ?? favorite };
}

/** The tools' prices for one image in dollars, as the server tells them; null where it cannot be done. Asked for when the menu opens. */
function usePrices(id, isOpen) {
  const [prices, setPrices] = useState({});
  useEffect(() => {
    if (!isOpen) return undefined;
    let isCurrent = true;
    setPrices({});
    for (const { task, params } of TOOLS)
      call("POST", `/images/${id}/tools/${task}/estimate`, { params }).then(
        ({ price_usd }) => isCurrent && setPrices((known) => ({ ...known, [task]: price_usd })),
        () => isCurrent && setPrices((known) => ({ ...known, [task]: null })),
      );
    return () => (isCurrent = false);
  }, [id, isOpen]);
  return prices;
}

const KEY = "ml-auto pl-6 font-mono text-xs text-muted";

function Entry({ entry, aside, waits, onSelect }) {
  const Icon = entry.icon;
  return (
    <MenuItem waits={waits} onSelect={onSelect}>
      <Icon size={16} aria-hidden className="shrink-0" />
      <span>{entry.text}</span>
      <span className={`${KEY} ${aside === undefined ? "[@media(hover:none)]:hidden" : ""}`}>{aside ?? shownKeys(entry.press).join(" ")}</span>
    </MenuItem>
  );
}

const priceLabel = (price) => (price ? moneyLabel(price) : price === null ? "not possible" : "…");

function TileMenu({ id, rating, favorite }) {
  const [isOpen, setOpen] = useState(false);
  const prices = usePrices(id, isOpen);
  const act = (entry) => () => onAct(entry.action, id);
  const label = { favorite: favorite ? "No longer a favourite" : "Favourite", compare: isMarked(id) ? "Do not compare it" : "Compare with others" };
  return (
    <Menu label="This image" open={isOpen} onOpenChange={setOpen}>
      <button type="button" aria-label="This image" title="What can be done with it" className="grid size-8 place-items-center rounded text-muted hover:bg-raised hover:text-ink [@media(hover:none)]:size-10">
        <Ellipsis size={16} aria-hidden />
      </button>
      <div role="group" aria-label="What can be done" tabIndex={0} className="max-h-[calc(var(--radix-dropdown-menu-content-available-height)-12px)] overflow-y-auto outline-none">
        {TAKES.map((entry) => (
          <Entry key={entry.action} entry={entry} onSelect={act(entry)} />
        ))}
        <MenuSeparator />
        {TOOLS.map((entry) => (
          <Entry key={entry.action} entry={entry} aside={priceLabel(prices[entry.task])} waits={!prices[entry.task]} onSelect={() => onAct(entry.action, id, prices[entry.task])} />
        ))}
        <MenuSeparator />
        <div role="group" aria-label="Rate it" className="flex px-1.5">
          {[1, 2, 3, 4, 5].map((stars) => (
            <MenuItem key={stars} onSelect={() => onAct(`rate:${stars === rating ? 0 : stars}`, id)}>
              <Star size={16} aria-hidden className={stars <= rating ? "fill-amber text-amber" : "text-muted"} />
              <span className="sr-only">{stars === rating ? "No rating" : `Rate ${stars} of 5`}</span>
            </MenuItem>
          ))}
        </div>
        {OTHERS.map((entry) => (
          <Entry key={entry.action} entry={{ ...entry, text: label[entry.action] ?? entry.text }} onSelect={act(entry)} />
        ))}
      </div>
    </Menu>
  );
}

function Quick({ icon: Icon, label, isOn, onClick }) {
  return (
    <button type="button" aria-label={label} title={label} aria-pressed={isOn} onClick={onClick} className="grid size-8 place-items-center rounded text-muted hover:bg-raised hover:text-ink [@media(hover:none)]:hidden">
      <Icon size={16} aria-hidden className={isOn ? "fill-amber text-amber" : ""} />
    </button>
  );
}

function Marks({ rating, favorite }) {
  if (!rating && !favorite) return null;
  return (
    <span className="pointer-events-none absolute bottom-1.5 left-1.5 flex h-5 items-center gap-1 rounded-sm bg-surface/90 px-1.5 text-xs font-medium text-ink">
      {favorite && <Heart size={12} aria-hidden className="fill-amber text-amber" />}
      {favorite && <span className="sr-only">Favourite</span>}
      {rating > 0 && (
        <span className="font-mono">
          {rating}
          <span className="text-muted">/5</span>
        </span>
      )}
    </span>
  );
}

/** A finished image: a link to it, its marks, and everything that can be done with it. */
export function Tile({ imageId: id, alt, src, srcset, sizes, width, height, thumbhash, download, rating = 0, favorite = false }) {
  const marks = useMarks(id, rating, favorite);
  const isCompared = useMarked(id);
  return (
    <figure data-image={id} data-file={fileAddress(download)} data-favorite={marks.favorite || undefined} data-rating={marks.rating} className="group relative m-0">
      <Link to={`/gallery?image=${id}`} className={`block rounded ${isCompared ? "outline-2 outline-offset-2 outline-amber" : ""}`}>
        <Picture imageId={id} alt={alt} src={src} srcset={srcset} sizes={sizes} width={width} height={height} thumbhash={thumbhash} className="rounded" />
      </Link>
      <Marks {...marks} />
      <div className="absolute right-1.5 bottom-1.5 flex rounded bg-surface/90 opacity-0 transition-opacity group-hover:opacity-100 group-focus-within:opacity-100 has-data-[state=open]:opacity-100 [@media(hover:none)]:opacity-100">
        <Quick icon={Sparkles} label="Make variations (V)" onClick={() => onAct("take:variations", id)} />
        <Quick icon={ImagePlus} label="Use it as a source (E)" onClick={() => onAct("take:source", id)} />
        <Quick icon={Heart} label="Favourite (.)" isOn={marks.favorite} onClick={() => onAct("favorite", id)} />
        <TileMenu id={id} {...marks} />
      </div>
    </figure>
  );
}
