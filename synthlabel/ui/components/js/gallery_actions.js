/* What can be done to the image that has the focus, or to those that are ticked. */
import { toast } from "./commands.js";
import { act, undoLast } from "./gallery_outbox.js";

const COMPARED = 4;

export async function copyLink(id) {
  const address = `${window.location.origin}/gallery?image=${id}`;
  try {
    await navigator.clipboard.writeText(address);
    toast("Link copied.");
  } catch {
    toast(address); // no clipboard without https: to be copied by hand
  }
}

export class Actions {
  /** `ask(what)` opens a dialog for the target; `go(address)` and `compare(ids)` lead away; `moveTo(id)` takes the focus. */
  constructor({ list, selection, ask, go, compare, moveTo }) {
    Object.assign(this, { list, selection, ask, go, compare, moveTo });
  }

  /** What a key or button means: the ticked ones, else the one with the focus. `{selection, images, count}` or null. */
  target() {
    const { list, selection } = this;
    if (!selection.isEmpty) {
      const images = selection.isAll ? [] : [...selection.ids.keys()].map((id) => this.#now(id));
      return { selection: selection.asSelection(list), images, count: selection.count(list.total) };
    }
    const index = selection.currentId ? list.indexOf(selection.currentId) : -1;
    if (index < 0) return null;
    return { selection: { ids: [selection.currentId] }, images: [list.imageAt(index)], count: 1 };
  }

  /** As it is by now: it may have been rated since it was ticked. */
  #now(id) {
    const index = this.list.indexOf(id);
    return index < 0 ? this.selection.ids.get(id) : this.list.imageAt(index);
  }

  #with(use) {
    const target = this.target();
    if (target) return use(target);
    return toast("Choose an image first: arrow keys move, Space ticks.");
  }

  /** `name` as in the list of keys: `rate:4`, `star`, `trash`, `take:seed`. */
  run(name) {
    const [what, value] = name.split(":");
    return this[what]?.(value);
  }

  #act(kind, value, { target = this.target(), note } = {}) {
    return act({ kind, selection: target.selection, count: target.count, value, note });
  }

  rate(value) {
    this.#with((target) => this.#leaving(target, () => this.#act("rate", { rating: Number(value) || null }, { target })));
  }

  star() {
    this.#with((target) => {
      const favorite = !(target.images.length && target.images.every((image) => image.favorite));
      this.#leaving(target, () => this.#act("favorite", { favorite }, { target }));
    });
  }

  addTags(target, tags) {
    this.#act("add_tags", { tags }, { target });
  }

  removeTags(target, tags) {
    this.#leaving(target, () => this.#act("remove_tags", { tags }, { target }));
  }

  addToBoard(target, board) {
    this.#act("add_to_board", { board_id: board.id }, { target, note: board.name });
  }

  removeFromBoard(board) {
    this.#with((target) => this.#leaving(target, () => this.#act("remove_from_board", { board_id: board.id }, { target, note: board.name })));
  }

  trash() {
    if (this.list.filter.trashed) return this.purge();
    return this.#with((target) => {
      if (target.images.some((image) => image?.is_mine === false) && target.images.every((image) => image?.is_mine === false))
        return toast("Only who made an image can delete it.", { tone: "warn" });
      return this.#leaving(target, () => this.#act("trash", {}, { target }));
    });
  }

  restore() {
    this.#with((target) => this.#leaving(target, () => this.#act("restore", {}, { target })));
  }

  purge() {
    this.#with((target) => this.ask("purge", target));
  }

  /** So many as the question said: if there are more or fewer by now, the server asks to look again. */
  purgeNow(target) {
    const selection = target.selection.filter ? { ...target.selection, expected: target.count } : target.selection;
    this.#leaving(target, () => this.#act("purge", {}, { target: { ...target, selection } }));
  }

  tag() {
    this.#with((target) => this.ask("tag", target));
  }

  board() {
    this.#with((target) => this.ask("board", target));
  }

  download() {
    this.#with((target) => this.ask("download", target));
  }

  share() {
    this.#with((target) => {
      if (target.selection.ids) return this.ask("share", target);
      return toast("Tick the images to share: a whole search cannot be shared.", { tone: "warn" });
    });
  }

  link() {
    this.#with(({ images }) => (images.length === 1 ? copyLink(images[0].id) : toast("A link leads to one image. To show several, share them.")));
  }

  compared() {
    const ids = [...this.selection.ids.keys()];
    if (ids.length < 2 || ids.length > COMPARED) return toast(`Tick two to ${COMPARED === 4 ? "four" : COMPARED} images to compare them.`);
    return this.compare(ids);
  }

  /** Off to the Studio, which reads the address. */
  take(what) {
    this.#with(({ images }) => {
      const id = images.length === 1 ? images[0].id : this.selection.currentId;
      if (id) this.go(`/?take=${what}&image=${id}`);
    });
  }

  undo() {
    undoLast();
  }

  all() {
    if (this.list.total) this.selection.all();
  }

  /** Do it; where images leave the list by it, the ticks go with them and the focus moves to the next one. */
  #leaving(target, doIt) {
    const { list, selection } = this;
    const current = selection.currentId;
    const index = current ? list.indexOf(current) : -1;
    const next = index < 0 ? null : this.#survivor(target, index);
    doIt();
    const isGone = index >= 0 && list.indexOf(current) < 0;
    const gone = target.selection.ids?.filter((id) => selection.ids.has(id) && list.indexOf(id) < 0) ?? [];
    if (gone.length || (target.selection.filter && isGone)) selection.clear();
    if (isGone && next) this.moveTo(next.id);
  }

  /** The image that comes after those that may go, or before them at the end of the list. */
  #survivor({ selection }, index) {
    const goes = new Set(selection.ids ?? []);
    for (const step of [1, -1])
      for (let at = index + step; at >= 0 && at < this.list.total; at += step) {
        const image = this.list.imageAt(at);
        if (!image) break;
        if (!goes.has(image.id)) return image;
      }
    return null;
  }
}
