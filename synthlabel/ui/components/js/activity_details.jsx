import { CircleAlert, CircleHelp, Hourglass, RotateCw, SearchCheck, X } from "lucide-react";
import { Link } from "react-router";

import { canCancel, canRetry, costNote, exactTime, priceNote, slowNote } from "./activity_words.js";
import { moneyLabel } from "./image_facts.jsx";
import { Picture, thumbnailSet } from "./picture.jsx";
import { CopyText } from "./small.jsx";

const BUTTON = "inline-flex min-h-8 items-center gap-1.5 rounded border border-line bg-raised px-3 text-sm font-medium hover:border-control";

function Button({ icon: Icon, children, ...props }) {
  return (
    <button type="button" className={BUTTON} {...props}>
      <Icon size={14} aria-hidden /> {children}
    </button>
  );
}

function Notice({ icon: Icon, colour, children }) {
  return (
    <div className="flex gap-2.5 rounded border border-line bg-raised px-3 py-2.5 text-sm">
      <Icon size={16} aria-hidden className={`mt-0.5 shrink-0 ${colour}`} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">{children}</div>
    </div>
  );
}

/** Text of others, folded away; shown as it is, never as markup. */
function Folded({ title, text }) {
  return (
    <details>
      <summary className="min-h-6 text-sm text-muted hover:text-ink">{title}</summary>
      <pre tabIndex={0} aria-label={title} className="mt-1 max-h-60 overflow-auto rounded bg-canvas p-2 font-mono text-xs break-words whitespace-pre-wrap">
        {text}
      </pre>
    </details>
  );
}

function Failed({ job }) {
  const fields = job.error?.fields ?? [];
  return (
    <Notice icon={CircleAlert} colour="text-bad">
      <p>{job.error?.message ?? "The provider gave no reason."}</p>
      {fields.map((error) => (
        <p key={error.field + error.message}>
          <span className="font-mono text-xs">{error.field}</span>: {error.message}
        </p>
      ))}
      <p className="text-muted">{costNote(job)}</p>
      {job.provider_message && <Folded title="What the provider said" text={job.provider_message} />}
    </Notice>
  );
}

/** Its three ways out, each with what it costs. */
function Unconfirmed({ job, hands }) {
  const price = moneyLabel(job.price_usd);
  return (
    <Notice icon={CircleHelp} colour="text-warn">
      <p>
        The answer to the paid request was lost, so nobody knows whether the provider took it. It is not sent again by itself. We keep
        looking for it at the provider; if it is found, it goes on here.
      </p>
      <dl className="mt-2 grid gap-x-4 gap-y-3 sm:grid-cols-[auto_1fr] sm:items-center">
        <dt>
          <Button icon={SearchCheck} onClick={() => hands.act("check", job)}>
            Check again
          </Button>
        </dt>
        <dd className="text-muted">Looks at the provider now. Costs nothing.</dd>
        <dt>
          <Button icon={X} onClick={() => hands.act("cancel", job)}>
            Give up (counts as spent)
          </Button>
        </dt>
        <dd className="text-muted">Ends it here. {price} counts as spent, since it may have been billed.</dd>
        <dt>
          <Button icon={RotateCw} onClick={() => hands.act("retry", job)}>
            Retry (may be charged twice)
          </Button>
        </dt>
        <dd className="text-muted">Asks for the same again for {price}. If the first one was taken after all, both are paid.</dd>
      </dl>
    </Notice>
  );
}

function Actions({ job, hands }) {
  const isMine = !job.owner || job.owner.id === hands.me?.id;
  if (!canCancel(job) && !(canRetry(job) && isMine)) return null;
  const note = job.status === "queued" ? "Nothing was sent, nothing is charged." : "Asks the provider to stop. What it has begun may be charged.";
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-muted">
      {canRetry(job) && isMine && (
        <Button icon={RotateCw} onClick={() => hands.act("retry", job)}>
          Retry for {moneyLabel(job.price_usd)}
        </Button>
      )}
      {canCancel(job) && (
        <>
          <Button icon={X} onClick={() => hands.act("cancel", job)}>
            Cancel
          </Button>
          {note}
        </>
      )}
    </div>
  );
}

function Images({ job }) {
  if (!job.images.length) return null;
  return (
    <ul className="flex flex-wrap gap-2">
      {job.images.map((image) => (
        <li key={image.id}>
          <Link to={`/gallery?image=${image.id}`} className="block overflow-hidden rounded-sm">
            <Picture
              imageId={image.id}
              thumbhash={image.thumbhash}
              src={image.thumbnail_url}
              srcset={thumbnailSet(image)}
              sizes="160px"
              alt={`Image ${image.index + 1}: ${job.prompt.slice(0, 120)}`}
              width={image.width}
              height={image.height}
              className="h-28"
            />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Fact({ name, children }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="break-words">{children}</dd>
    </div>
  );
}

const paramName = (name) => name.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase());
const paramText = (value) => (typeof value === "boolean" ? (value ? "yes" : "no") : String(value));

function Facts({ job, hands }) {
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 text-sm sm:grid-cols-3 xl:grid-cols-5">
      <Fact name="Model">{job.model_name}</Fact>
      <Fact name="Size">
        <span className="font-mono">
          {job.width} × {job.height}
        </span>
      </Fact>
      <Fact name="Seed">
        <CopyText value={String(job.seed)} label="Copy the seed" className="font-mono" />
      </Fact>
      {(job.loras ?? []).map((lora) => (
        <Fact key={lora.id} name="LoRA">
          {lora.name} <span className="font-mono">{lora.weight}</span>
        </Fact>
      ))}
      {Object.entries(job.params).map(([name, value]) => (
        <Fact key={name} name={paramName(name)}>
          <span className="font-mono">{paramText(value)}</span>
        </Fact>
      ))}
      <Fact name="Price">{priceNote(job)}</Fact>
      <Fact name="Asked for">{exactTime(job.created_at)}</Fact>
      {job.submitted_at && <Fact name="Taken by the provider">{exactTime(job.submitted_at)}</Fact>}
      {job.finished_at && <Fact name="Ended">{exactTime(job.finished_at)}</Fact>}
      {job.owner && (
        <Fact name="Whose">
          {job.owner.name} ({job.owner.email})
        </Fact>
      )}
      {job.batch_id && (
        <Fact name="Asked for together">
          <button type="button" onClick={() => hands.show({ batch: job.batch_id, view: "" })} className="min-h-6 underline underline-offset-2 hover:text-amber">
            Show the whole batch
          </button>
        </Fact>
      )}
      <Fact name="Number">
        <CopyText value={job.id} text={`${job.id.slice(0, 13)}…`} label="Copy the number" className="font-mono" />
      </Fact>
    </dl>
  );
}

/** All that is known of a generation. What people and providers wrote is text, never markup. */
export function Details({ job, hands }) {
  return (
    <div className="flex flex-col gap-4 border-t border-line p-4">
      {job.slow && job.given_up_at && (
        <Notice icon={Hourglass} colour="text-warn">
          <p>This takes longer than usual.</p>
          <p className="text-muted">{slowNote(job)}</p>
        </Notice>
      )}
      {job.status === "failed" && <Failed job={job} />}
      {job.status === "unknown" && <Unconfirmed job={job} hands={hands} />}
      {job.status === "cancelled" && costNote(job) && <p className="text-sm text-muted">{costNote(job)}</p>}
      <Actions job={job} hands={hands} />
      <p className="max-w-3xl text-pretty break-words whitespace-pre-wrap">{job.prompt}</p>
      {job.negative_prompt && <p className="max-w-3xl text-sm break-words text-muted">Without: {job.negative_prompt}</p>}
      {job.template && <p className="max-w-3xl font-mono text-xs break-words text-muted">{job.template}</p>}
      {job.output_text && <p className="max-w-3xl rounded bg-raised p-3 text-pretty break-words whitespace-pre-wrap">{job.output_text}</p>}
      <Images job={job} />
      <Facts job={job} hands={hands} />
      {job.log.length > 0 && <Folded title={`Log, last ${job.log.length} lines`} text={job.log.join("\n")} />}
    </div>
  );
}
