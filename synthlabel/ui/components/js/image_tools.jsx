import { CircleAlert, Columns2, LoaderCircle, TextQuote, WandSparkles, X } from "lucide-react";
import { useEffect, useState } from "react";

import { call, fileAddress } from "./api.js";
import { useModels } from "./catalog.js";
import { moneyLabel } from "./image_facts.jsx";
import { cancel, dismiss, start, useJobs } from "./image_jobs.js";
import { Menu, MenuItem } from "./menu.jsx";
import { CopyText } from "./small.jsx";

const ENLARGE = "upscale_factor";
const OFFERS = [
  { task: "upscale", params: { [ENLARGE]: 2 }, label: "Upscale 2×" },
  { task: "upscale", params: { [ENLARGE]: 4 }, label: "Upscale 4×" },
  { task: "remove_background", params: {}, label: "Remove the background" },
  { task: "describe", params: {}, label: "Describe" },
];
const DOING = { upscale: "Enlarging", remove_background: "Removing the background", describe: "Describing" };
const DONE = { upscale: "Enlarged", remove_background: "The background is gone" };

/** The tools that this installation has. */
export function useTools() {
  const models = useModels();
  return OFFERS.filter(({ task, params }) => models.some((model) => model.task === task && (!(ENLARGE in params) || model.fields.some((field) => field.name === ENLARGE))));
}

/** The price of each offer, as the server tells it: in dollars, nothing while it is asked for, false where it cannot be done. */
function usePrices(image, offers, isOpen) {
  const [prices, setPrices] = useState({});
  const key = isOpen ? `${image.id} ${offers.map((offer) => offer.label).join()}` : "";
  useEffect(() => {
    if (!key) return undefined;
    let isCurrent = true;
    setPrices({});
    for (const { task, params, label } of offers)
      call("POST", `/images/${image.id}/tools/${task}/estimate`, { params }).then(
        ({ price_usd }) => isCurrent && setPrices((known) => ({ ...known, [label]: price_usd })),
        (problem) => isCurrent && setPrices((known) => ({ ...known, [label]: problem.status === 404 ? undefined : false })),
      );
    return () => (isCurrent = false);
    // The offers' labels stand for them.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return prices;
}

const priceLabel = (price) => (price ? moneyLabel(price) : price === false ? "too large" : "…");

/** What can be done to an image, with what each costs. */
export function ToolsMenu({ image, isOpen, onOpenChange, className, showsName }) {
  const offers = useTools();
  const prices = usePrices(image, offers, isOpen);
  if (!offers.length) return null;
  return (
    <Menu label="Tools" open={isOpen} onOpenChange={onOpenChange}>
      <button type="button" aria-label="Tools" title="Tools: upscale (U), background, describe" className={className}>
        <WandSparkles size={18} aria-hidden />
        {showsName && <span className="max-xl:hidden">Tools</span>}
      </button>
      <>
        {offers.map(({ task, params, label }) => (
          <MenuItem key={label} disabled={prices[label] === false} waits={!prices[label]} onSelect={() => start(image.id, task, params, prices[label])}>
            <span className="flex-1">{label}</span>
            <span className="pl-6 font-mono text-sm text-muted">{priceLabel(prices[label])}</span>
          </MenuItem>
        ))}
      </>
    </Menu>
  );
}

function Card({ icon: Icon, tone = "text-muted", spins, children, onDismiss }) {
  return (
    <li className="enter pointer-events-auto flex w-full items-start gap-2.5 rounded-lg border border-line bg-surface py-2 pr-2 pl-3 shadow-float sm:w-96">
      {Icon && <Icon size={16} aria-hidden className={`mt-1.5 shrink-0 ${tone} ${spins ? "spinner" : ""}`} />}
      <div className="min-w-0 flex-1 py-1">{children}</div>
      {onDismiss && (
        <button type="button" aria-label="Dismiss" onClick={onDismiss} className="grid size-7 shrink-0 place-items-center rounded text-muted hover:bg-raised hover:text-ink">
          <X size={14} aria-hidden />
        </button>
      )}
    </li>
  );
}

const LINK = "rounded px-1.5 py-0.5 font-medium text-amber hover:bg-raised";

function waiting({ queue_position, phase, progress, status }) {
  if (progress) return `${Math.round(progress * 100)} %`;
  if (status === "submitted" && queue_position) return `${queue_position} ahead`;
  return phase || (["queued", "submitting", "submitted"].includes(status) ? "waiting" : "at work");
}

function Running({ job }) {
  const { task, generation } = job;
  return (
    <Card icon={LoaderCircle} tone="text-amber" spins>
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span>
          {DOING[task]}
          {generation && <span className="ml-2 font-mono text-sm text-muted">{waiting(generation)}</span>}
        </span>
        {generation && !generation.cancel_requested && (
          <button type="button" onClick={() => cancel(job)} className={LINK}>
            Cancel
          </button>
        )}
        {generation?.cancel_requested && <span className="text-sm text-muted">cancel asked</span>}
      </p>
    </Card>
  );
}

function Failed({ job }) {
  const { problem, generation, task } = job;
  const wasCancelled = generation?.status === "cancelled";
  const text = problem?.message ?? generation.error?.message ?? (wasCancelled ? "Cancelled." : "It did not work.");
  return (
    <Card icon={CircleAlert} tone="text-bad" onDismiss={() => dismiss(job)}>
      <p className="break-words">
        {!wasCancelled && <span className="font-medium">{DOING[task]} failed. </span>}
        {text}
      </p>
    </Card>
  );
}

function Words({ job, onUse }) {
  return (
    <Card icon={TextQuote} onDismiss={() => dismiss(job)}>
      <div role="group" aria-label="Description" tabIndex={0} className="max-h-48 overflow-y-auto break-words whitespace-pre-wrap">
        {job.generation.output_text}
      </div>
      <p className="mt-2 flex items-center gap-2">
        <CopyText value={job.generation.output_text} text="Copy" label="Copy the description" className="px-1.5 text-sm text-muted" />
        <button type="button" onClick={() => onUse(job)} className={LINK}>
          Use as prompt
        </button>
      </p>
    </Card>
  );
}

function Result({ job, onOpen, onCompare }) {
  const [made] = job.generation.images;
  return (
    <Card onDismiss={() => dismiss(job)}>
      <div className="flex items-center gap-3">
        {made && <img src={fileAddress(made.thumbnail_url)} alt="" className="size-12 rounded-sm bg-raised object-cover" />}
        <div className="min-w-0 flex-1">
          <p>
            {DONE[job.task]}
            {made && (
              <span className="ml-2 font-mono text-sm text-muted">
                {made.width} × {made.height}
              </span>
            )}
          </p>
          {made && (
            <p className="-ml-1.5 flex gap-1">
              <button type="button" onClick={() => onOpen(made.id)} className={LINK}>
                Open
              </button>
              <button type="button" onClick={() => onCompare([job.imageId, made.id])} className={`${LINK} inline-flex items-center gap-1.5`}>
                <Columns2 size={14} aria-hidden /> Compare
              </button>
            </p>
          )}
        </div>
      </div>
    </Card>
  );
}

/** How the work on this image stands; announced politely. */
export function Jobs({ image, onOpen, onCompare, onUseWords }) {
  const jobs = useJobs(image.id);
  return (
    <div role="status" aria-live="polite" aria-label="Work on this image">
      <ul className="pointer-events-none absolute inset-x-3 bottom-3 z-10 flex flex-col items-center gap-2 sm:right-auto sm:items-start">
        {jobs.map((job) => {
          const { generation, problem } = job;
          if (problem || ["failed", "cancelled", "unknown"].includes(generation?.status)) return <Failed key={job.key} job={job} />;
          if (generation?.status !== "done") return <Running key={job.key} job={job} />;
          if (job.task === "describe") return <Words key={job.key} job={job} onUse={onUseWords} />;
          return <Result key={job.key} job={job} onOpen={onOpen} onCompare={onCompare} />;
        })}
      </ul>
    </div>
  );
}
