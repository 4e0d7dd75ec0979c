// Albums as a mosaic: 2–10 pictures in justified rows, chosen so that every row comes near one height.

import { h } from "./dom.js";
import { mediaOf, renderMedia, isVisual } from "./media.js";

const WIDTH = 420; // the unit in which rows are measured; the page scales it
const IDEAL_ROW = 165;
const TALLEST = 520;
const MOST_IN_ROW = 4;
const GAP = 3;

const ratioOf = ({ width, height }) => Math.min(1.9, Math.max(0.56, width / height));

function* partitions(count) {
  if (count === 0) yield [];
  for (let first = 1; first <= Math.min(MOST_IN_ROW, count); first += 1) {
    for (const rest of partitions(count - first)) yield [first, ...rest];
  }
}

function measure(ratios, rows) {
  let at = 0;
  return rows.map((count) => {
    const inRow = ratios.slice(at, at + count);
    at += count;
    const sum = inRow.reduce((a, b) => a + b, 0);
    return { inRow, height: (WIDTH - GAP * (count - 1)) / sum };
  });
}

function cost(measured) {
  const height = measured.reduce((sum, row) => sum + row.height, 0);
  const uneven = measured.reduce((sum, row) => sum + (row.height - IDEAL_ROW) ** 2, 0) / measured.length;
  return uneven + Math.max(0, height - TALLEST) ** 2;
}

/** [{left, top, width, height}] in per cent of the mosaic, and its own ratio as "width / height". */
export function mosaic(media) {
  const ratios = media.map(ratioOf);
  const rows = [...partitions(media.length)].map((one) => measure(ratios, one)).sort((a, b) => cost(a) - cost(b))[0];
  const total = rows.reduce((sum, row) => sum + row.height, 0) + GAP * (rows.length - 1);
  const tiles = [];
  let top = 0;
  for (const { inRow, height } of rows) {
    let left = 0;
    for (const ratio of inRow) {
      tiles.push({ left, top, width: ratio * height, height });
      left += ratio * height + GAP;
    }
    top += height + GAP;
  }
  const percent = (value, whole) => `${((value / whole) * 100).toFixed(3)}%`;
  return {
    ratio: `${WIDTH} / ${total.toFixed(2)}`,
    tiles: tiles.map((tile) => ({
      "--left": percent(tile.left, WIDTH), "--top": percent(tile.top, total),
      "--width": percent(tile.width, WIDTH), "--height": percent(tile.height, total),
    })),
  };
}

/** Pictures and clips become a mosaic, files and audio a list. */
export function renderAlbum(messages, on) {
  const media = messages.map(mediaOf);
  if (!media.every(isVisual)) return h("div", { class: "stack-of-files" }, media.map((one) => renderMedia(one, on)));
  const { ratio, tiles } = mosaic(media);
  const cells = media.map((one, index) => {
    const properties = { class: "tile", vars: tiles[index], dataset: { message: messages[index].message_id } };
    return h("div", properties, renderMedia(one, on));
  });
  return h("div", { class: "album", vars: { "--ratio": ratio, "--w": `${WIDTH}px` } }, cells);
}
