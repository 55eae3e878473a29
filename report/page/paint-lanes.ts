import { firstEndingAfter, type Lanes } from './lanes.ts';
import { FAIL, INFO, type Operations } from './operations.ts';
import { type Palette, pixel } from './palette.ts';
import type { View } from './view.ts';

/** Everything that a picture of the lanes depends on. Sizes are CSS pixels. */
export interface Scene {
  readonly ops: Operations;
  readonly lanes: Lanes;
  readonly view: View;
  readonly mask: Uint8Array | undefined;
  readonly marked: Uint8Array;
  readonly markedRows: readonly number[];
  readonly selected: number;
  readonly width: number;
  readonly height: number;
  readonly gutter: number;
  readonly rowHeight: number;
  readonly scrollTop: number;
  readonly bands: readonly (readonly [fromNs: number, toNs: number])[];
  readonly palette: Palette;
}

/** With fewer operations than this in view each is drawn as a bar of its own, with its label where there is room. */
const BARS = 2_500;

/**
 * Paints the operations in view. Many are painted by the pixel, the worst outcome of each lane and pixel
 * winning, so that a single lost answer among a million operations is seen; few are painted as bars.
 */
export function paintLanes(context: CanvasRenderingContext2D, scene: Scene, ratio: number): void {
  const { width, height, palette } = scene;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  paintStripes(context, scene);
  context.fillStyle = palette.fault;
  for (const [from, to] of scene.bands) {
    const x = Math.max(xOf(scene, from), scene.gutter);
    context.fillRect(x, 0, Math.max(1, xOf(scene, to) - x), height);
  }
  const ranges = visible(scene);
  const count = ranges.reduce((sum, range) => sum + range.to - range.from, 0);
  if (count > BARS) paintPixels(context, scene, ranges, ratio);
  else for (const range of ranges) paintBars(context, scene, range);
  paintMarked(context, scene);
  paintNames(context, scene);
}

/** The operation at this place of the picture, or -1; a little beside a short bar counts. */
export function operationAt(scene: Scene, x: number, y: number): number {
  const row = Math.floor((y + scene.scrollTop) / scene.rowHeight);
  if (row < 0 || row >= scene.lanes.rows || x < scene.gutter) return -1;
  const near = (nsOf(scene, x + 4) - nsOf(scene, x)) | 0;
  const at = nsOf(scene, x);
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  const last = scene.lanes.begin[row + 1]!;
  for (let i = firstEndingAfter(scene.lanes, scene.ops, row, at - near); i < last; i++) {
    const op = scene.lanes.order[i]!;
    const start = scene.ops.columns.startNs[op]!;
    if (start > at + near) break;
    const away = Math.max(start - at, at - scene.ops.endNs(op), 0) - (scene.marked[op] ? near : 0);
    if (away >= distance) continue;
    best = op;
    distance = away;
  }
  return best;
}

export function xOf(scene: Pick<Scene, 'view' | 'gutter' | 'width'>, ns: number): number {
  return scene.gutter + ((ns - scene.view.from) / (scene.view.to - scene.view.from)) * (scene.width - scene.gutter);
}

export function nsOf(scene: Pick<Scene, 'view' | 'gutter' | 'width'>, x: number): number {
  return scene.view.from + ((x - scene.gutter) / (scene.width - scene.gutter)) * (scene.view.to - scene.view.from);
}

interface Range {
  readonly row: number;
  readonly y: number;
  readonly from: number;
  readonly to: number;
}

/** The rows on the screen with the part of their operations that is in view. */
function visible(scene: Scene): Range[] {
  const { lanes, ops, view } = scene;
  const ranges: Range[] = [];
  const first = Math.floor(scene.scrollTop / scene.rowHeight);
  const last = Math.min(lanes.rows - 1, Math.floor((scene.scrollTop + scene.height) / scene.rowHeight));
  for (let row = first; row <= last; row++) {
    const from = firstEndingAfter(lanes, ops, row, view.from);
    ranges.push({ row, y: row * scene.rowHeight - scene.scrollTop, from, to: firstStartingAfter(scene, row, from) });
  }
  return ranges;
}

function firstStartingAfter({ lanes, ops, view }: Scene, row: number, from: number): number {
  let low = from;
  let high = lanes.begin[row + 1]!;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ops.columns.startNs[lanes.order[middle]!]! <= view.to) low = middle + 1;
    else high = middle;
  }
  return low;
}

function paintStripes(context: CanvasRenderingContext2D, scene: Scene): void {
  context.fillStyle = scene.palette.stripe;
  scene.lanes.groups.forEach((group, place) => {
    const y = group.first * scene.rowHeight - scene.scrollTop;
    const height = group.rows * scene.rowHeight;
    if (place % 2 === 0 && y < scene.height && y + height > 0) context.fillRect(0, y, scene.width, height);
  });
}

let buffer: { readonly canvas: OffscreenCanvas; readonly image: ImageData; readonly pixels: Uint32Array } | undefined;

function bufferOf(width: number, height: number): NonNullable<typeof buffer> {
  if (buffer?.image.width !== width || buffer.image.height !== height) {
    const image = new ImageData(width, height);
    buffer = { canvas: new OffscreenCanvas(width, height), image, pixels: new Uint32Array(image.data.buffer) };
  }
  return buffer;
}

function paintPixels(context: CanvasRenderingContext2D, scene: Scene, ranges: readonly Range[], ratio: number): void {
  const width = Math.max(1, Math.round((scene.width - scene.gutter) * ratio));
  const height = Math.max(1, Math.round(scene.height * ratio));
  const { canvas, image, pixels } = bufferOf(width, height);
  pixels.fill(0);
  const { palette } = scene;
  const colours = [
    0,
    pixel(palette.muted, 50),
    pixel(palette.ok),
    pixel(palette.fail),
    pixel(palette.info),
    pixel(palette.anomaly),
  ];
  const worst = new Uint8Array(width);
  for (const range of ranges) {
    worst.fill(0);
    worstByPixel(scene, range, worst);
    const top = Math.max(0, Math.round((range.y + 1) * ratio));
    const bottom = Math.min(height, Math.round((range.y + scene.rowHeight - 1) * ratio));
    if (bottom <= top) continue;
    const line = pixels.subarray(top * width, (top + 1) * width);
    for (let x = 0; x < width; x++) line[x] = colours[worst[x]!]!;
    for (let y = top + 1; y < bottom; y++) pixels.copyWithin(y * width, top * width, (top + 1) * width);
  }
  const buffered = canvas.getContext('2d');
  buffered?.putImageData(image, 0, 0);
  context.drawImage(canvas, scene.gutter, 0, scene.width - scene.gutter, scene.height);
}

/**
 * For each pixel of a row the worst that lies there: 1 not searched for, 2 ok, 3 fail, 4 info, 5 part of an anomaly.
 */
function worstByPixel(scene: Scene, range: Range, worst: Uint8Array): void {
  const { ops, mask, marked, view } = scene;
  const { startNs, endNs, type } = ops.columns;
  const { order } = scene.lanes;
  const scale = worst.length / (view.to - view.from);
  for (let i = range.from; i < range.to; i++) {
    const op = order[i]!;
    const rank = marked[op] ? 5 : mask && !mask[op] ? 1 : type[op]! + 2;
    const from = Math.max(0, ((startNs[op]! - view.from) * scale) | 0);
    const to = Math.min(worst.length - 1, (endNs[op]! - view.from) * scale);
    for (let x = from; x <= to; x++) if (worst[x]! < rank) worst[x] = rank;
  }
}

function paintBars(context: CanvasRenderingContext2D, scene: Scene, range: Range): void {
  const { ops, palette, mask, rowHeight } = scene;
  const y = range.y + 1;
  const height = rowHeight - 2;
  context.textBaseline = 'middle';
  context.font = `${Math.min(11, rowHeight - 4)}px ui-monospace, monospace`;
  for (let i = range.from; i < range.to; i++) {
    const op = scene.lanes.order[i]!;
    const x = Math.max(xOf(scene, ops.columns.startNs[op]!), scene.gutter);
    const width = Math.max(1.5, Math.min(xOf(scene, ops.endNs(op)), scene.width + 2) - x - 0.5);
    const type = ops.columns.type[op]!;
    context.globalAlpha = mask && !mask[op] ? 0.18 : 1;
    context.fillStyle = type === INFO ? palette.info : type === FAIL ? palette.fail : palette.ok;
    bar(context, x, y, width, height);
    if (width > 42 && rowHeight >= 14) {
      context.fillStyle = palette.onBar;
      context.fillText(cutTo(ops.label(op), (width - 10) / 6.7), x + 5, y + height / 2 + 0.5);
    }
  }
  context.globalAlpha = 1;
}

function bar(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number): void {
  context.beginPath();
  context.roundRect(x, y, width, height, width < 5 ? 0 : 2.5);
  context.fill();
}

/** Operations that prove an anomaly, and the selected one, stand out however far away one looks. */
function paintMarked(context: CanvasRenderingContext2D, scene: Scene): void {
  const { palette } = scene;
  for (const op of scene.markedRows) outline(context, scene, op, palette.anomaly, 0);
  if (scene.selected >= 0) outline(context, scene, scene.selected, palette.text, 2);
}

function outline(context: CanvasRenderingContext2D, scene: Scene, op: number, colour: string, grow: number): void {
  const y = scene.lanes.rowOf[op]! * scene.rowHeight - scene.scrollTop;
  const from = xOf(scene, scene.ops.columns.startNs[op]!);
  const to = xOf(scene, scene.ops.endNs(op));
  if (to < scene.gutter || from > scene.width || y + scene.rowHeight < 0 || y > scene.height) return;
  const x = Math.max(from, scene.gutter);
  const width = Math.max(3, Math.min(to, scene.width + 4) - x);
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.strokeRect(x - grow, y + 1 - grow, width + 2 * grow, scene.rowHeight - 2 + 2 * grow);
}

function paintNames(context: CanvasRenderingContext2D, scene: Scene): void {
  const { palette, gutter, rowHeight } = scene;
  context.fillStyle = palette.panel;
  context.fillRect(0, 0, gutter, scene.height);
  context.textBaseline = 'middle';
  context.font = '12px system-ui, sans-serif';
  context.fillStyle = palette.muted;
  let free = Number.NEGATIVE_INFINITY;
  for (const group of scene.lanes.groups) {
    const y = group.first * rowHeight - scene.scrollTop;
    if (y > scene.height || y + group.rows * rowHeight < 0 || y < free) continue;
    context.fillText(cutTo(group.name, (gutter - 14) / 6.6), 2, y + rowHeight / 2 + 0.5);
    free = y + 14;
  }
}

/** The text, cut to about this many characters. */
export function cutTo(text: string, most: number): string {
  if (text.length <= most) return text;
  return most < 3 ? '' : `${text.slice(0, Math.floor(most) - 1)}…`;
}
