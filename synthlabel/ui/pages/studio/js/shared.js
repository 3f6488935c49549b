/* What the product's other parts offer, under one name: the folder that their files are linked into is Reflex's. */
export { call, apiAddress, fileAddress, fileSet } from "../../../components/js/sources/api.js";
export { onCommand, run, toast } from "../../../components/js/sources/commands.js";
export { act, listen } from "../../../components/js/sources/gallery_outbox.js";
export { rate, toggleFavorite } from "../../../components/js/sources/image_marks.jsx";
export { moneyLabel } from "../../../components/js/sources/image_facts.jsx";
export { keyOf, newKey, settle } from "../../../components/js/sources/intents.js";
export { Keys, shownKeys } from "../../../components/js/sources/keys.jsx";
export { Menu, MenuItem, MenuSeparator } from "../../../components/js/sources/menu.jsx";
export { Dialog } from "../../../components/js/sources/overlays.jsx";
export { Picture, thumbnailSet } from "../../../components/js/sources/picture.jsx";

export const QUIET = "inline-flex h-8 items-center justify-center gap-2 rounded px-2.5 text-sm font-medium text-muted hover:bg-raised hover:text-ink disabled:opacity-50";
export const PLAIN = "inline-flex h-8 items-center justify-center gap-2 rounded border border-line bg-raised px-3 text-sm font-medium text-ink hover:border-control disabled:opacity-50";
export const FIELD = "h-9 w-full rounded border border-control/60 bg-raised px-3 text-ink hover:border-control aria-invalid:border-bad max-sm:text-lg";
