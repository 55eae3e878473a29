/** The network at a moment: nodes in a ring, who cannot reach whom, messages on their way, calls that wait. */
import type { Stretch } from '../../report/page/fault-text.ts';
import { cutTo } from '../../report/page/paint-lanes.ts';
import type { Palette } from '../../report/page/palette.ts';
import { callsAt, type Film, type InFlight, inFlight } from './moments.ts';

export interface NetworkScene {
  readonly film: Film;
  readonly atMs: number;
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
}

const NODE = 24;
const SQUARE = 4;
/** With more than these on their way they have no names. */
const NAMED = 12;

interface Point {
  readonly x: number;
  readonly y: number;
}

export function paintNetwork(context: CanvasRenderingContext2D, scene: NetworkScene, ratio: number): void {
  const { film, atMs, width, height, palette } = scene;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.textBaseline = 'middle';
  context.font = '12px system-ui, sans-serif';
  const places = placesOf(film.nodes, width, height);
  paintLinks(context, scene, places);
  paintFlying(context, inFlight(film, atMs), places, palette);
  const calls = callsAt(film, atMs);
  for (const node of film.nodes) {
    const states = film.lives.get(node)?.filter(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs) ?? [];
    paintNode(context, scene, { node, at: places.get(node)!, states, rows: calls.get(node) ?? [] });
  }
}

/** On an ellipse, the first on top. */
function placesOf(nodes: readonly string[], width: number, height: number): ReadonlyMap<string, Point> {
  const rx = Math.max(40, width / 2 - Math.min(150, width / 4));
  const ry = Math.max(40, height / 2 - 58);
  return new Map(
    nodes.map((node, i) => {
      const angle = (i / nodes.length) * 2 * Math.PI - Math.PI / 2;
      return [node, { x: width / 2 + rx * Math.cos(angle), y: height / 2 - 6 + ry * Math.sin(angle) }];
    }),
  );
}

/** Pairs that a partition keeps apart at this moment, as lines that are broken. */
function paintLinks(context: CanvasRenderingContext2D, scene: NetworkScene, places: ReadonlyMap<string, Point>): void {
  const { film, atMs, palette } = scene;
  const cut = cutPairs(film, atMs);
  film.nodes.forEach((from, i) => {
    for (const to of film.nodes.slice(i + 1)) {
      const isCut = cut.has(`${from} ${to}`) || cut.has(`${to} ${from}`);
      const [a, b] = [places.get(from)!, places.get(to)!];
      context.strokeStyle = isCut ? palette.down : palette.line;
      context.lineWidth = isCut ? 2 : 1;
      context.setLineDash(isCut ? [3, 7] : []);
      context.beginPath();
      context.moveTo(a.x, a.y);
      context.lineTo(b.x, b.y);
      context.stroke();
    }
  });
  context.setLineDash([]);
}

/** `n1 n2` for each directed pair that is cut by then. */
function cutPairs({ run }: Pick<Film, 'run'>, atMs: number): ReadonlySet<string> {
  const pairs = new Set<string>();
  for (const { fault, fromMs, toMs, began } of run.page.faults) {
    if (fault.kind !== 'partition' || fromMs > atMs || toMs <= atMs) continue;
    for (const pair of fault.cut) pairs.add(pair.join(' '));
    if (fault.isolate === undefined || began === 'indeterminate') continue;
    for (const node of run.page.setting.nodes)
      for (const alone of began.targets) if (!began.targets.includes(node)) pairs.add(`${alone} ${node}`);
  }
  return pairs;
}

function paintFlying(
  context: CanvasRenderingContext2D,
  flying: readonly InFlight[],
  places: ReadonlyMap<string, Point>,
  palette: Palette,
): void {
  for (const { message, way, isLost } of flying) {
    const from = places.get(message.from);
    const to = places.get(message.to);
    if (!from || !to) continue;
    // Each direction a little to its own side, so that answers do not hide requests.
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const side = { x: (-(to.y - from.y) / length) * 6, y: ((to.x - from.x) / length) * 6 };
    const x = from.x + (to.x - from.x) * way + side.x;
    const y = from.y + (to.y - from.y) * way + side.y;
    context.fillStyle = isLost ? palette.down : palette.accent;
    if (isLost) {
      context.fillRect(x - 5, y - 1, 10, 2);
      context.fillRect(x - 1, y - 5, 2, 10);
    } else context.fillRect(x - SQUARE, y - SQUARE, 2 * SQUARE, 2 * SQUARE);
    if (flying.length > NAMED) continue;
    context.textAlign = 'left';
    context.fillStyle = palette.muted;
    context.fillText(cutTo(message.kind, 18), x + 8, y);
  }
}

interface PaintedNode {
  readonly node: string;
  readonly at: Point;
  readonly states: readonly Stretch[];
  readonly rows: readonly number[];
}

function paintNode(
  context: CanvasRenderingContext2D,
  scene: NetworkScene,
  { node, at, states, rows }: PaintedNode,
): void {
  const { palette, film } = scene;
  const worst = states.find(({ what }) => what === 'down') ?? states.find(({ what }) => what === 'paused');
  context.beginPath();
  context.arc(at.x, at.y, NODE, 0, 2 * Math.PI);
  context.fillStyle = palette.panel;
  context.fill();
  context.lineWidth = 3;
  context.strokeStyle = worst ? palette[worst.what === 'down' ? 'down' : 'paused'] : palette.up;
  context.setLineDash(worst ? [4, 4] : []);
  context.stroke();
  context.setLineDash([]);
  context.textAlign = 'center';
  context.fillStyle = palette.text;
  context.fillText(cutTo(node, 6), at.x, at.y);
  const lines = [
    ...states.map(({ text }) => [text, palette.faultText] as const),
    ...rows.slice(-2).map((row) => [film.run.ops.label(row), palette.muted] as const),
    ...(rows.length > 2 ? [[`and ${rows.length - 2} more calls`, palette.muted] as const] : []),
  ];
  const width = Math.min(scene.width / 3, 190);
  lines.slice(0, 4).forEach(([text, colour], place) => {
    context.fillStyle = colour;
    const x = Math.min(Math.max(at.x, width / 2), scene.width - width / 2);
    context.fillText(cutTo(text, width / 6.2), x, at.y + NODE + 10 + place * 14);
  });
}
