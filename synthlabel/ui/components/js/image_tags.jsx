import { X } from "lucide-react";
import { useState } from "react";

import { act } from "./gallery_outbox.js";
import { useKnownTags } from "./known_tags.js";

const OFFERED = 6;
const clean = (text) => text.trim().replace(/\s+/g, " ").toLowerCase().slice(0, 60);
const tag = (image, kind, name) => act({ kind, selection: { ids: [image.id] }, value: { tags: [name] }, isSeen: true });

/** What is typed into the panel must not reach the lightbox's keys; Esc leaves the field, not the image. */
export const leaveOnEscape = (event) => {
  if (event.key !== "Escape") return;
  event.target.closest("[role=dialog]")?.focus();
};

/** The tags of an image: the owner adds and removes them, others read them. */
export function Tags({ image }) {
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const known = image.tags ?? [];
  const suggestions = useKnownTags(clean(text), isOpen && image.is_mine);
  const offered = suggestions.map(({ tag: name }) => name).filter((name) => !known.includes(name)).slice(0, OFFERED);
  if (!image.is_mine && !known.length) return null;
  const add = (name) => {
    if (name && !known.includes(name)) tag(image, "add_tags", name);
    setText("");
  };
  const onKeyDown = (event) => {
    if (event.nativeEvent.isComposing) return undefined;
    if ((event.key === "Enter" || event.key === ",") && clean(text)) add(clean(text));
    else if (event.key === "Backspace" && !text && known.length) tag(image, "remove_tags", known[known.length - 1]);
    else return leaveOnEscape(event);
    return event.preventDefault();
  };
  return (
    <section aria-label="Tags" className="flex flex-col gap-2" onFocus={() => setOpen(true)} onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || setOpen(false)}>
      <h3 className="text-sm font-medium">Tags</h3>
      <ul className="flex flex-wrap gap-1.5 empty:hidden">
        {known.map((name) => (
          <li key={name} className="flex h-7 max-w-full items-center rounded-sm bg-raised px-2.5 text-sm">
            <span className="truncate">{name}</span>
            {image.is_mine && (
              <button type="button" aria-label={`Remove the tag ${name}`} onClick={() => tag(image, "remove_tags", name)} className="-mr-2.5 grid size-7 place-items-center text-muted hover:text-ink">
                <X size={13} aria-hidden />
              </button>
            )}
          </li>
        ))}
      </ul>
      {image.is_mine && (
        <input
          type="text"
          data-tag-input
          aria-label="Add a tag"
          placeholder="Add a tag"
          value={text}
          maxLength={60}
          autoComplete="off"
          autoCapitalize="off"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          className="h-9 w-full rounded border border-control/60 bg-raised px-3 hover:border-control"
        />
      )}
      {isOpen && offered.length > 0 && (
        <ul aria-label="Known tags" className="flex flex-wrap gap-1.5">
          {offered.map((name) => (
            <li key={name} className="max-w-full">
              <button type="button" onClick={() => add(name)} className="h-7 max-w-full truncate rounded-sm border border-line px-2.5 text-sm text-muted hover:border-control hover:text-ink">
                {name}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
