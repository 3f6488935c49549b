import { ChevronRight, CircleAlert, CircleCheck, CircleHelp, CircleSlash, Clock, Eraser, Hourglass, Image, LoaderCircle, Scaling, TextQuote } from "lucide-react";
import { memo } from "react";

import { Details } from "./activity_details.jsx";
import { detailOf, isLive, priceNote, priceOf, stateOf, TASKS } from "./activity_words.js";
import { Picture, thumbnailSet } from "./picture.jsx";
import { Elapsed, RelativeTime } from "./small.jsx";

const ICONS = { clock: Clock, turning: LoaderCircle, check: CircleCheck, alert: CircleAlert, slash: CircleSlash, help: CircleHelp };
const TASK_ICONS = { generate: Image, upscale: Scaling, remove_background: Eraser, describe: TextQuote };

function State({ job }) {
  const [word, icon, colour] = stateOf(job);
  const Icon = ICONS[icon];
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium ${colour}`}>
      <Icon size={14} aria-hidden className={`shrink-0 ${icon === "turning" ? "spinner" : ""}`} />
      {word}
    </span>
  );
}

function Slow({ job }) {
  if (!job.slow) return null;
  return (
    <span className="inline-flex items-center gap-1.5 text-warn">
      <Hourglass size={14} aria-hidden className="shrink-0" /> Longer than usual
    </span>
  );
}

function Progress({ job }) {
  if (job.status !== "running" || job.progress === null) return null;
  const percent = Math.round(job.progress * 100);
  return (
    <span role="progressbar" aria-label="Progress" aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100} className="block h-1 w-full max-w-40 overflow-hidden rounded-full bg-line">
      <span className="block h-full rounded-full bg-amber transition-[width] duration-300" style={{ width: `${percent}%` }} />
    </span>
  );
}

function Thumbnail({ job }) {
  const image = job.images[0];
  const more = job.images.length - 1;
  const Icon = TASK_ICONS[job.task] ?? Image;
  return (
    <span className="relative block size-14 shrink-0 overflow-hidden rounded-sm bg-raised">
      {image && !image.filtered ? (
        <Picture imageId={image.id} thumbhash={image.thumbhash} src={image.thumbnail_url} srcset={thumbnailSet(image)} sizes="56px" className="size-14" />
      ) : (
        <span className={`grid size-14 place-items-center text-muted ${isLive(job) ? "skeleton" : ""}`}>
          <Icon size={18} aria-hidden />
        </span>
      )}
      {more > 0 && <span className="absolute right-0.5 bottom-0.5 rounded-sm bg-canvas/85 px-1 font-mono text-xs">+{more}</span>}
    </span>
  );
}

const nameOf = (job) => job.prompt || TASKS[job.task] || job.model_name;

/** What it was made with, in one line. */
function Facts({ job }) {
  const task = job.task && job.task !== "generate" ? TASKS[job.task] : null;
  const made = job.count > 1 ? `${job.count} images` : null;
  const facts = [task, job.model_name, made, `${job.width} × ${job.height}`, job.owner?.name].filter(Boolean);
  return <span className="block truncate text-sm text-muted">{facts.join(" · ")}</span>;
}

/** One generation: a line on wide screens, a card on phones; opened, all that is known of it. */
export const Row = memo(function Row({ job, isOpen, isTicked, isCurrent, hands }) {
  const detail = detailOf(job);
  const label = `${stateOf(job)[0]}: ${nameOf(job).slice(0, 120)}`;
  return (
    <article
      id={`job-${job.id}`}
      data-job={job.id}
      tabIndex={isCurrent ? 0 : -1}
      aria-label={label}
      onFocus={() => hands.focus(job.id)}
      className={`rounded-lg border bg-surface outline-offset-0 ${isTicked ? "border-amber" : "border-line"}`}
    >
      <div onClick={(event) => hands.click(event, job)} className="flex cursor-pointer gap-3 p-2.5 sm:items-center">
        <input
          type="checkbox"
          aria-label={`Choose ${label}`}
          checked={isTicked}
          onClick={(event) => event.stopPropagation()}
          onChange={(event) => hands.tick(job.id, event.nativeEvent.shiftKey)}
          className="size-5 shrink-0 accent-(--amber) max-sm:mt-0.5"
        />
        <Thumbnail job={job} />
        <div className="grid min-w-0 flex-1 gap-x-4 gap-y-1 sm:grid-cols-[minmax(0,1fr)_15rem_7.5rem_5rem] sm:items-center">
          <div className="min-w-0">
            <span className="line-clamp-2 text-pretty break-words sm:line-clamp-1">{nameOf(job)}</span>
            <Facts job={job} />
          </div>
          <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-sm sm:flex-col sm:items-start">
            <State job={job} />
            <Slow job={job} />
            {detail && <span className="min-w-0 text-xs text-muted">{detail}</span>}
            <Progress job={job} />
          </div>
          <div className="flex flex-wrap gap-x-3 text-sm text-muted sm:flex-col">
            <RelativeTime value={job.created_at} />
            <Elapsed since={job.created_at} until={job.finished_at} className="font-mono text-xs leading-5" />
            <span className="ml-auto font-mono text-ink sm:hidden">{priceOf(job)}</span>
          </div>
          <span title={priceNote(job)} className="text-right font-mono text-sm max-sm:hidden">
            {priceOf(job)}
          </span>
        </div>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-label={`Details of ${label}`}
          onClick={(event) => (event.stopPropagation(), hands.open(job.id))}
          className="grid size-8 shrink-0 place-items-center rounded text-muted hover:bg-raised hover:text-ink"
        >
          <ChevronRight size={16} aria-hidden className={`transition-transform ${isOpen ? "rotate-90" : ""}`} />
        </button>
      </div>
      {isOpen && <Details job={job} hands={hands} />}
    </article>
  );
});
