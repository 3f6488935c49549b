import { useModels } from "./catalog.js";
import { Boards } from "./image_boards.jsx";
import { Lineage } from "./image_lineage.jsx";
import { Tags } from "./image_tags.jsx";
import { CopyText, RelativeTime } from "./small.jsx";

const UNITS = ["bytes", "kB", "MB", "GB"];

export function sizeLabel(bytes) {
  let [amount, unit] = [bytes, 0];
  while (amount >= 1000 && unit < UNITS.length - 1) [amount, unit] = [amount / 1000, unit + 1];
  return `${unit ? amount.toFixed(amount < 10 ? 1 : 0) : amount} ${UNITS[unit]}`;
}

/** As everywhere: two decimals from a dollar, three from a cent, up to six below. */
export function moneyLabel(usd) {
  const amount = Number(usd);
  if (amount === 0) return "$0.00";
  if (amount >= 1) return `$${amount.toFixed(2)}`;
  const text = amount.toFixed(amount >= 0.01 ? 3 : 6).replace(/0+$/, "");
  return `$${text.padEnd(4, "0")}`;
}

const TASKS = { upscale: "Upscale", remove_background: "Background removal", edit: "Edit" };
const paramName = (name) => name.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase());
const paramValue = (value) => (typeof value === "boolean" ? (value ? "yes" : "no") : String(value));

/** The model's own words for its parameters, by name. */
function useLabels(modelId) {
  const fields = useModels().find((model) => model.id === modelId)?.fields ?? [];
  return Object.fromEntries(fields.map((field) => [field.name, field.label]));
}

function Fact({ name, children }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="shrink-0 text-muted">{name}</dt>
      <dd className="min-w-0 truncate text-right">{children}</dd>
    </div>
  );
}

function Words({ name, text }) {
  return (
    <section className="flex flex-col gap-1.5">
      <div className="flex items-center justify-between">
        <h3 className="text-sm font-medium">{name}</h3>
        <CopyText value={text} text="Copy" label={`Copy the ${name.toLowerCase()}`} className="text-sm text-muted" />
      </div>
      <p className="text-pretty break-words whitespace-pre-wrap">{text}</p>
    </section>
  );
}

function Loras({ loras }) {
  if (!loras?.length) return null;
  return (
    <Fact name={loras.length === 1 ? "LoRA" : "LoRAs"}>
      {loras.map((lora) => (
        <span key={lora.id ?? lora.name} className="block truncate">
          {lora.name} <span className="font-mono text-muted">{lora.weight}</span>
        </span>
      ))}
    </Fact>
  );
}

function People({ image }) {
  const others = image.rating_count - (image.rating ? 1 : 0);
  return (
    <>
      {image.is_mine === false && <Fact name="Made by">{image.owner.name}</Fact>}
      {others > 0 && (
        <Fact name="Everybody's rating">
          <span className="font-mono">{image.rating_mean.toFixed(1)}</span> of 5, by {image.rating_count}
        </Fact>
      )}
    </>
  );
}

/** How it was made, in the words of its model. */
function Recipe({ image }) {
  const labels = useLabels(image.model);
  return (
    <dl className="flex flex-col gap-2.5">
      {TASKS[image.task] && <Fact name="Made by">{TASKS[image.task]}</Fact>}
      <Fact name="Model">{image.model_name}</Fact>
      <Loras loras={image.loras} />
      <Fact name="Seed">
        <CopyText value={String(image.seed)} label="Copy the seed" className="font-mono" />
      </Fact>
      {Object.entries(image.params).map(([name, value]) => (
        <Fact key={name} name={labels[name] ?? paramName(name)}>
          <span className="font-mono">{paramValue(value)}</span>
        </Fact>
      ))}
      <Fact name="Price">
        <span className="font-mono">{moneyLabel(image.price_usd)}</span>
      </Fact>
      <Fact name="Made">
        <RelativeTime value={image.created_at} />
      </Fact>
      <People image={image} />
    </dl>
  );
}

function File({ image }) {
  return (
    <dl className="flex flex-col gap-2.5 border-t border-line pt-5">
      <Fact name="Size">
        <span className="font-mono">
          {image.width} × {image.height}
        </span>
      </Fact>
      <Fact name="File">
        <span className="font-mono">
          {image.content_type.replace("image/", "").toUpperCase()}, {sizeLabel(image.size_bytes)}
        </span>
      </Fact>
      <Fact name="SHA-256">
        <CopyText value={image.sha256} text={image.sha256.slice(0, 12)} label="Copy the SHA-256" className="font-mono" />
      </Fact>
    </dl>
  );
}

/** What is known of an image: the panel at the right of the lightbox, below it on a phone. */
export function Facts({ image, boards, revision, onOpen, onCompare }) {
  return (
    <aside
      aria-label="About this image"
      tabIndex={0}
      className="flex max-h-[50dvh] shrink-0 flex-col gap-6 overflow-y-auto border-t border-line bg-surface p-5 outline-offset-[-2px] md:max-h-none md:w-80 md:border-t-0 md:border-l xl:w-96"
    >
      <Words name="Prompt" text={image.prompt} />
      {image.negative_prompt && <Words name="Negative prompt" text={image.negative_prompt} />}
      {image.template && <Words name="Made of" text={image.template} />}
      <Recipe image={image} />
      <Lineage image={image} revision={revision} onOpen={onOpen} onCompare={onCompare} />
      {!image.trashed_at && <Tags image={image} />}
      {!image.trashed_at && <Boards key={image.id} image={image} all={boards.boards} create={boards.create} />}
      <File image={image} />
    </aside>
  );
}
