/**
 * The upper part of the timeline: the time axis, the faults, what each node lived through, and messages between nodes.
 */

import { faultText } from '../../harness/faults/meanings.ts';
import type { Message } from './data.ts';
import { type Injected, livesOf, type Stretch } from './fault-text.ts';
import { cutTo, nsOf, xOf } from './paint-lanes.ts';
import type { Palette } from './palette.ts';
import { ticks, tickText } from './time.ts';
import type { View } from './view.ts';

export interface World {
  readonly faults: readonly { readonly injected: Injected; readonly row: number }[];
  readonly faultRows: number;
  readonly nodes: readonly string[];
  readonly lives: ReadonlyMap<string, readonly Stretch[]>;
  /** Sorted by when they were sent. */
  readonly messages: readonly Message[];
}

export interface WorldScene {
  readonly world: World;
  readonly view: View;
  readonly width: number;
  readonly gutter: number;
  readonly palette: Palette;
  readonly nodeHeight: number;
  /** When anomalies were seen that are moments, in nanoseconds. */
  readonly momentsNs: readonly number[];
  /** The operation whose messages stand out, as they name it; empty for none. */
  readonly root: string;
}

const AXIS = 26;
const FAULT_ROW = 19;
/** More messages in view than this are not drawn one by one. */
const ARROWS = 400;

export function worldOf(faults: readonly Injected[], nodes: readonly string[], messages: readonly Message[]): World {
  const ends: number[] = [];
  const placed = faults
    .toSorted((a, b) => a.fromMs - b.fromMs)
    .map((injected) => {
      const free = ends.findIndex((end) => end <= injected.fromMs);
      const row = free < 0 ? ends.length : free;
      ends[row] = injected.toMs;
      return { injected, row };
    });
  const sorted = messages.toSorted((a, b) => a.sentMs - b.sentMs);
  return {
    faults: placed,
    faultRows: Math.min(ends.length, 8),
    nodes,
    lives: livesOf(faults, nodes),
    messages: sorted,
  };
}

export function worldHeight(world: World, nodeHeight: number): number {
  return AXIS + world.faultRows * FAULT_ROW + world.nodes.length * nodeHeight + 8;
}

export function paintWorld(context: CanvasRenderingContext2D, scene: WorldScene, ratio: number): void {
  const { world, width, palette, gutter } = scene;
  const height = worldHeight(world, scene.nodeHeight);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.textBaseline = 'middle';
  context.font = '12px system-ui, sans-serif';
  for (const { injected } of world.faults) {
    const x = Math.max(xOf(scene, injected.fromMs * 1e6), gutter);
    context.fillStyle = palette.fault;
    context.fillRect(x, AXIS, Math.max(1, xOf(scene, injected.toMs * 1e6) - x), height - AXIS);
  }
  paintAxis(context, scene, height);
  for (const { injected, row } of world.faults) if (row < 8) paintFault(context, scene, injected, row);
  paintMessages(context, scene);
  world.nodes.forEach((node, place) => {
    paintLife(context, scene, node, place);
  });
  paintMoments(context, scene, height);
  paintGutter(context, scene, height);
}

function paintMoments(context: CanvasRenderingContext2D, scene: WorldScene, height: number): void {
  context.fillStyle = scene.palette.anomaly;
  for (const ns of scene.momentsNs) {
    const x = xOf(scene, ns);
    if (x >= scene.gutter) context.fillRect(x - 1, AXIS - 6, 2, height);
  }
}

function paintAxis(context: CanvasRenderingContext2D, scene: WorldScene, height: number): void {
  const { view, palette, width, gutter } = scene;
  const marks = ticks(view.from, view.to, (width - gutter) / 110);
  const step = marks.length > 1 ? marks[1]! - marks[0]! : view.to - view.from;
  context.textAlign = 'center';
  for (const at of marks) {
    const x = xOf(scene, at);
    if (x < gutter) continue;
    context.fillStyle = palette.line;
    context.fillRect(Math.round(x), AXIS - 6, 1, height);
    context.fillStyle = palette.muted;
    if (x > gutter + 24 && x < width - 24) context.fillText(tickText(at, step), x, 10);
  }
  context.textAlign = 'left';
}

function paintFault(context: CanvasRenderingContext2D, scene: WorldScene, injected: Injected, row: number): void {
  const { palette, gutter, width } = scene;
  const from = Math.max(xOf(scene, injected.fromMs * 1e6), gutter);
  const to = Math.min(xOf(scene, injected.toMs * 1e6), width);
  if (to <= gutter || from >= width) return;
  const y = AXIS + row * FAULT_ROW + 1;
  context.fillStyle = palette.faultText;
  context.beginPath();
  context.roundRect(from, y, Math.max(2, to - from - 1), FAULT_ROW - 3, 3);
  context.fill();
  context.fillStyle = palette.panel;
  context.fillText(cutTo(faultText(injected), (to - from - 10) / 6.4), from + 6, y + 8.5);
}

function nodeY(scene: WorldScene, place: number): number {
  return AXIS + scene.world.faultRows * FAULT_ROW + (place + 0.5) * scene.nodeHeight + 4;
}

function paintLife(context: CanvasRenderingContext2D, scene: WorldScene, node: string, place: number): void {
  const { palette, gutter, width } = scene;
  const y = nodeY(scene, place);
  context.fillStyle = palette.up;
  context.fillRect(gutter, y - 1, width - gutter, 2);
  for (const stretch of scene.world.lives.get(node) ?? []) {
    const from = Math.max(xOf(scene, stretch.fromMs * 1e6), gutter);
    const to = Math.min(xOf(scene, stretch.toMs * 1e6), width);
    if (to <= gutter || from >= width || stretch.what === 'cut' || stretch.what === 'links') continue;
    context.fillStyle = palette[stretch.what === 'down' ? 'down' : stretch.what === 'paused' ? 'paused' : 'faultText'];
    context.fillRect(from, y - 6, Math.max(2, to - from), 12);
    context.fillStyle = palette.panel;
    context.fillText(cutTo(stretch.text, (to - from - 8) / 6.4), from + 4, y + 0.5);
  }
}

function paintMessages(context: CanvasRenderingContext2D, scene: WorldScene): void {
  const { world, view, palette } = scene;
  if (scene.nodeHeight < 26) return;
  const places = new Map(world.nodes.map((node, place) => [node, place]));
  const first = sentAfter(world.messages, view.from / 1e6 - 1_000);
  const inView: Message[] = [];
  for (let i = first; i < world.messages.length; i++) {
    const message = world.messages[i]!;
    if (message.sentMs * 1e6 > view.to) break;
    if (Math.max(message.sentMs, ...message.arrivedMs) * 1e6 >= view.from) inView.push(message);
    if (inView.length > ARROWS) {
      context.fillStyle = palette.muted;
      context.fillText('zoom in to see the messages', scene.gutter + 6, nodeY(scene, 0) + scene.nodeHeight / 2);
      return;
    }
  }
  for (const message of inView) {
    const from = places.get(message.from);
    const to = places.get(message.to);
    if (from === undefined || to === undefined) continue;
    const arrivals = message.arrivedMs.length > 0 ? message.arrivedMs : [undefined];
    for (const arrivedMs of arrivals) {
      arrow(context, scene, message, [nodeY(scene, from), nodeY(scene, to)], arrivedMs, palette);
    }
  }
}

function arrow(
  context: CanvasRenderingContext2D,
  scene: WorldScene,
  message: Message,
  [y1, y2]: readonly [number, number],
  arrivedMs: number | undefined,
  palette: Palette,
): void {
  const lost = arrivedMs === undefined;
  const x1 = xOf(scene, message.sentMs * 1e6);
  const x2 = lost ? x1 + 8 : xOf(scene, arrivedMs * 1e6);
  const yEnd = lost ? y1 + (y2 - y1) * 0.45 : y2;
  context.strokeStyle = lost ? palette.down : palette.accent;
  const stands = scene.root === '' || message.root === scene.root;
  context.globalAlpha = stands ? 0.85 : 0.2;
  context.lineWidth = stands && scene.root !== '' ? 2 : 1;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, yEnd);
  if (lost) {
    context.moveTo(x2 - 3, yEnd - 3);
    context.lineTo(x2 + 3, yEnd + 3);
    context.moveTo(x2 + 3, yEnd - 3);
    context.lineTo(x2 - 3, yEnd + 3);
  }
  context.stroke();
  if (!lost) {
    context.fillStyle = palette.accent;
    context.fillRect(x2 - 1.5, yEnd - 1.5, 3, 3);
  }
  context.globalAlpha = 1;
}

function sentAfter(messages: readonly Message[], ms: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messages[middle]!.sentMs < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

function paintGutter(context: CanvasRenderingContext2D, scene: WorldScene, height: number): void {
  const { palette, gutter, world } = scene;
  context.fillStyle = palette.panel;
  context.fillRect(0, 0, gutter, height);
  context.fillStyle = palette.muted;
  if (world.faultRows > 0) context.fillText('faults', 2, AXIS + FAULT_ROW / 2);
  world.nodes.forEach((node, place) => {
    context.fillText(cutTo(node, (gutter - 14) / 6.6), 2, nodeY(scene, place));
  });
}

/** What lies at this place of the picture: a fault or a stretch of a node's life, in words. */
export function worldTextAt(scene: WorldScene, x: number, y: number): string | undefined {
  const ms = nsOf(scene, x) / 1e6;
  const row = Math.floor((y - AXIS) / FAULT_ROW);
  const fault = scene.world.faults.find(
    (placed) => placed.row === row && row < 8 && placed.injected.fromMs <= ms && placed.injected.toMs >= ms,
  );
  if (fault) return faultText(fault.injected);
  const place = scene.world.nodes.findIndex((_, at) => Math.abs(nodeY(scene, at) - y) < scene.nodeHeight / 2);
  const node = scene.world.nodes[place];
  if (node === undefined) return undefined;
  const now = scene.world.lives.get(node)?.filter((stretch) => stretch.fromMs <= ms && stretch.toMs >= ms) ?? [];
  return `${node}: ${now.length > 0 ? now.map((stretch) => stretch.text).join(', ') : 'up'}`;
}
