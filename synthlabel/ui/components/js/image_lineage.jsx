import { Columns2 } from "lucide-react";
import { useEffect, useState } from "react";

import { call } from "./api.js";
import { Picture } from "./picture.jsx";

const TASKS = { generate: "Made with it", upscale: "Enlarged", remove_background: "Without background", describe: "Described" };

/** `{made_from, used_in}`, or null until known. `revision` changes when there may be more. */
function useLineage(id, revision) {
  const [lineage, setLineage] = useState(null);
  useEffect(() => {
    let isCurrent = true;
    call("GET", `/images/${encodeURIComponent(id)}/lineage`).then(
      (answer) => isCurrent && setLineage({ id, ...answer }),
      () => isCurrent && setLineage({ id, made_from: [], used_in: [] }),
    );
    return () => (isCurrent = false);
  }, [id, revision]);
  return lineage?.id === id ? lineage : null;
}

function Small({ picture, label, onOpen, onCompare }) {
  const inside = (
    <Picture thumbhash={picture.thumbhash} src={picture.thumbnail_url} width={picture.width || 1} height={picture.height || 1} alt="" className="size-full rounded-sm" style={{ aspectRatio: "auto" }} />
  );
  const frame = { height: 84, width: 84 * Math.min(1.8, Math.max(0.6, (picture.width || 1) / (picture.height || 1))) };
  if (!onOpen)
    return (
      <li style={frame} title={label}>
        <span className="sr-only">{label}</span>
        {inside}
      </li>
    );
  return (
    <li style={frame} className="group relative">
      <button type="button" aria-label={label} title={label} onClick={onOpen} className="block size-full hover:opacity-85">
        {inside}
      </button>
      <button
        type="button"
        aria-label={`Compare: ${label.toLowerCase()}`}
        title="Compare with it"
        onClick={onCompare}
        className="absolute right-1 bottom-1 grid size-7 place-items-center rounded-sm bg-surface/90 text-ink opacity-0 group-hover:opacity-100 focus-visible:opacity-100 [@media(hover:none)]:opacity-100"
      >
        <Columns2 size={14} aria-hidden />
      </button>
    </li>
  );
}

function Row({ title, children }) {
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">{title}</h3>
      <ul className="flex flex-wrap gap-2">{children}</ul>
    </section>
  );
}

/** What an image was made from, and what was made from it; each of them opens, or is laid beside it. */
export function Lineage({ image, revision, onOpen, onCompare }) {
  const lineage = useLineage(image.id, revision);
  if (!lineage) return null;
  const uses = lineage.used_in.flatMap((use) => use.images.map((picture) => ({ ...picture, task: use.task })));
  return (
    <>
      {lineage.made_from.length > 0 && (
        <Row title="Made from">
          {lineage.made_from.map((source, at) =>
            source.image ? (
              <Small key={source.image.id} picture={source.image} label={`Source ${at + 1}`} onOpen={() => onOpen(source.image.id)} onCompare={() => onCompare([source.image.id, image.id])} />
            ) : (
              <Small key={source.upload.id} picture={source.upload} label={`Source ${at + 1}, an upload`} />
            ),
          )}
        </Row>
      )}
      {uses.length > 0 && (
        <Row title="Used in">
          {uses.map((picture) => (
            <Small key={picture.id} picture={picture} label={TASKS[picture.task] ?? "Made with it"} onOpen={() => onOpen(picture.id)} onCompare={() => onCompare([image.id, picture.id])} />
          ))}
        </Row>
      )}
    </>
  );
}
