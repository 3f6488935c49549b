import { useEffect, useState } from "react";

import { call } from "./api.js";
import { CopyText, RelativeTime } from "./small.jsx";

let catalog = null;

/** The model's own words for its parameters, by name; empty until they are known. */
function useLabels(modelId) {
  const [labels, setLabels] = useState({});
  useEffect(() => {
    catalog ??= call("GET", "/catalog");
    catalog.then(
      ({ models }) => {
        const fields = models.find((model) => model.id === modelId)?.fields ?? [];
        setLabels(Object.fromEntries(fields.map((field) => [field.name, field.label])));
      },
      () => (catalog = null),
    );
  }, [modelId]);
  return labels;
}

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

const paramName = (name) => name.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase());
const paramValue = (value) => (typeof value === "boolean" ? (value ? "yes" : "no") : String(value));

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

/** What is known of an image: the panel at the right of the lightbox, below it on a phone. */
export function Facts({ image }) {
  const labels = useLabels(image.model);
  return (
    <aside
      aria-label="About this image"
      tabIndex={0}
      className="flex max-h-[45dvh] shrink-0 flex-col gap-6 overflow-y-auto border-t border-line bg-surface p-5 md:max-h-none md:w-80 md:border-t-0 md:border-l lg:w-96"
    >
      <Words name="Prompt" text={image.prompt} />
      {image.negative_prompt && <Words name="Negative prompt" text={image.negative_prompt} />}
      <dl className="flex flex-col gap-2.5">
        <Fact name="Model">{image.model_name}</Fact>
        <Fact name="Seed">
          <CopyText value={String(image.seed)} label="Copy the seed" className="font-mono" />
        </Fact>
        <Fact name="Size">
          <span className="font-mono">
            {image.width} × {image.height}
          </span>
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
        <Fact name="File">
          <span className="font-mono">
            {image.content_type.replace("image/", "").toUpperCase()}, {sizeLabel(image.size_bytes)}
          </span>
        </Fact>
        <Fact name="SHA-256">
          <CopyText value={image.sha256} text={image.sha256.slice(0, 12)} label="Copy the SHA-256" className="font-mono" />
        </Fact>
      </dl>
    </aside>
  );
}
