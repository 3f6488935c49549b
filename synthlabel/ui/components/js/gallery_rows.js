import justifiedLayout from "justified-layout";

const HEADING_PX = 40;

const startOfDay = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** "Today", "Yesterday", "Tuesday 24 November", with the year when it is another one. */
export function dayName(time, now = new Date()) {
  const date = new Date(time);
  const days = Math.round((startOfDay(now) - startOfDay(date)) / 86_400_000);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year });
}

function* byDay(items) {
  let group = null;
  for (const [index, image] of items.entries()) {
    const day = startOfDay(new Date(image.created_at));
    if (group?.day !== day) {
      if (group) yield group;
      group = { day, from: index, images: [] };
    }
    group.images.push(image);
  }
  if (group) yield group;
}

/** Rows of equal height, day by day: `{kind: "day", name}` and `{kind: "row", height, cells: [{index, left, width}]}`. */
export function makeRows(items, { width, height, gap }) {
  const rows = [];
  if (width <= 0) return rows;
  for (const group of byDay(items)) {
    rows.push({ kind: "day", key: `day-${group.day}`, name: dayName(group.images[0].created_at), size: HEADING_PX });
    const { boxes } = justifiedLayout(
      group.images.map((image) => Math.min(3, Math.max(0.4, image.width / image.height))),
      { containerWidth: width, containerPadding: 0, targetRowHeight: height, boxSpacing: gap, targetRowHeightTolerance: 0.25 },
    );
    let row = null;
    for (const [offset, box] of boxes.entries()) {
      if (row?.top !== box.top) {
        row = { kind: "row", key: group.images[offset].id, top: box.top, height: box.height, size: box.height + gap, cells: [] };
        rows.push(row);
      }
      row.cells.push({ index: group.from + offset, left: box.left, width: box.width });
    }
  }
  return rows;
}

/** The cell in the row above or below whose middle is nearest: where an arrow key leads. */
export function neighbour(rows, index, step) {
  const at = rows.findIndex((row) => row.cells?.some((cell) => cell.index === index));
  if (at < 0) return index;
  const from = rows[at].cells.find((cell) => cell.index === index);
  let next = at + step;
  while (rows[next] && rows[next].kind !== "row") next += step;
  if (!rows[next]) return index;
  const middle = from.left + from.width / 2;
  const distance = (cell) => Math.abs(cell.left + cell.width / 2 - middle);
  return rows[next].cells.reduce((best, cell) => (distance(cell) < distance(best) ? cell : best)).index;
}
