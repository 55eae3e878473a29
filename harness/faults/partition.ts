import type { NodeId } from '../../systems/node.ts';
import { logUniform } from '../setting/random.ts';
import { pick } from './common.ts';
import { isCut } from './fields.ts';
import type { Interval, Targets } from './interval.ts';
import type { FaultMeaning, Scene, Sort } from './meaning.ts';

/**
 * Messages along these directed pairs are lost, those in flight too; with `flapMs`
 * the cut is made and lifted in turns of that length. With `isolate` the pairs are not
 * known before it begins: whoever has the role then is cut from all others, both ways.
 */
export interface PartitionFault extends Interval {
  readonly kind: 'partition';
  readonly cut: readonly (readonly [from: NodeId, to: NodeId])[];
  readonly isolate?: Targets;
  readonly flapMs?: number;
}

type Cut = PartitionFault['cut'];

const crossing = (a: readonly NodeId[], b: readonly NodeId[]) => a.flatMap((x) => b.map((y) => [x, y] as const));
const bothWays = (a: readonly NodeId[], b: readonly NodeId[]): Cut => [...crossing(a, b), ...crossing(b, a)];
const cutting = (cut: Cut): Sort<PartitionFault> => ({ kind: 'partition', cut });

/** The same nodes in random order. */
export function shuffled(draw: () => number, nodes: readonly NodeId[]): readonly NodeId[] {
  return nodes
    .map((node) => [draw(), node] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, node]) => node);
}

function halves(draw: () => number, { nodes }: Scene): Sort<PartitionFault> {
  const order = shuffled(draw, nodes);
  const half = Math.ceil(nodes.length / 2);
  return cutting(bothWays(order.slice(0, half), order.slice(half)));
}

function oneNode(draw: () => number, { nodes }: Scene): Sort<PartitionFault> {
  const alone = pick(draw, nodes);
  const others = nodes.filter((node) => node !== alone);
  return cutting(bothWays([alone], others));
}

/** Every node sees a majority, but no two see the same one: each hears its neighbours on a ring. */
function majorityRing(draw: () => number, scene: Scene): Sort<PartitionFault> {
  const order = shuffled(draw, scene.nodes);
  const n = order.length;
  const reach = Math.ceil((Math.floor(n / 2) + 1 - 1) / 2);
  const far = (i: number, j: number) => Math.min((i - j + n) % n, (j - i + n) % n) > reach;
  const cut = order.flatMap((a, i) => order.flatMap((b, j) => (far(i, j) ? [[a, b] as const] : [])));
  return n < 4 ? halves(draw, scene) : cutting(cut);
}

/** Halves of all but the first of these, which hear of each other by way of that one. */
export function bridgedBy([, ...rest]: readonly NodeId[]): Sort<PartitionFault> {
  const half = Math.ceil(rest.length / 2);
  return cutting(bothWays(rest.slice(0, half), rest.slice(half)));
}

/** Two halves that only one node can hear both of; of two nodes none can be a bridge. */
function bridge(draw: () => number, scene: Scene): Sort<PartitionFault> {
  if (scene.nodes.length < 3) return halves(draw, scene);
  return bridgedBy(shuffled(draw, scene.nodes));
}

function oneWay(draw: () => number, { nodes }: Scene): Sort<PartitionFault> {
  const order = shuffled(draw, nodes);
  const half = Math.ceil(nodes.length / 2);
  const [from, to] =
    draw() < 0.5 ? [order.slice(0, half), order.slice(half)] : [order.slice(half), order.slice(0, half)];
  return cutting(crossing(from, to));
}

function flapping(draw: () => number, scene: Scene): Sort<PartitionFault> {
  return { ...halves(draw, scene), flapMs: Math.round(logUniform(draw(), 20, 300)) };
}

/** Groups of nodes that still hear each other both ways, or the cut's pairs where it is one-way. */
function cutText(cut: Cut): string {
  const pairs = new Set(cut.map(([from, to]) => `${from}\n${to}`));
  const oneWay = cut.filter(([from, to]) => !pairs.has(`${to}\n${from}`));
  if (oneWay.length > 0) return oneWay.map(([from, to]) => `${from} ↛ ${to}`).join(', ');
  const nodes = [...new Set(cut.flat())].sort();
  const sides = new Map<string, string[]>();
  for (const node of nodes) {
    const lost = nodes.filter((other) => pairs.has(`${node}\n${other}`)).join(' ');
    sides.set(lost, [...(sides.get(lost) ?? []), node]);
  }
  return [...sides.values()].map((side) => side.join(' ')).join(' | ');
}

function majorityIn(cut: Cut, nodes: readonly NodeId[]): (node: NodeId) => boolean {
  const apart = new Set(cut.flatMap(([from, to]) => [`${from} ${to}`, `${to} ${from}`]));
  return (node) => nodes.filter((other) => !apart.has(`${node} ${other}`)).length > nodes.length / 2;
}

/** The pairs that the partition cuts, where these nodes have its role. */
function cutUnder(fault: PartitionFault, hit: readonly NodeId[], nodes: readonly NodeId[]): Cut {
  return partition.resolved?.(fault, hit, nodes).cut ?? fault.cut;
}

/** Messages along directed pairs of nodes are lost. */
export const partition: FaultMeaning<PartitionFault> = {
  kind: 'partition',
  drawnAs: 'cut',
  names: {
    halves: { says: 'two halves that do not hear each other', draw: halves },
    'one-node': { says: 'one isolated node', draw: oneNode },
    'majority-ring': { says: 'each node hears a majority, no two the same (from 4 nodes on)', draw: majorityRing },
    bridge: { says: 'two halves, and one node that hears both', draw: bridge },
    'one-way': { says: 'one half hears the other, but not back', draw: oneWay },
    flapping: { says: 'two halves, cut and healed in turns', draw: flapping },
    'primary-alone': {
      says: 'the primary of the moment is cut from all others',
      onlyByName: true,
      draw: () => ({ kind: 'partition', cut: [], isolate: 'primary' }),
    },
  },
  fields: { cut: isCut },
  covers: () => ['partition'],
  targets: ({ cut, isolate }) => isolate ?? [...new Set(cut.flat())],
  plainest: (node, nodes) => {
    const others = nodes.filter((other) => other !== node);
    return cutting(others.flatMap((other) => [[node, other] as const, [other, node] as const]));
  },
  resolved(fault, targets, nodes) {
    if (fault.isolate === undefined) return fault;
    const others = nodes.filter((node) => !targets.includes(node));
    return { ...fault, cut: bothWays(targets, others) };
  },
  withoutNode(fault, node) {
    if (typeof fault.isolate === 'string') return fault;
    if (fault.isolate) {
      const isolate = fault.isolate.filter((other) => other !== node);
      return isolate.length > 0 ? { ...fault, isolate } : undefined;
    }
    const cut = fault.cut.filter((pair) => !pair.includes(node));
    return cut.length > 0 ? { ...fault, cut } : undefined;
  },
  shortestMs: ({ shortestMs }) => shortestMs,
  problems: ({ cut, isolate, flapMs }) => [
    ...((cut.length === 0 && !isolate?.length) || cut.some(([from, to]) => from === to)
      ? ['it cuts nothing, or a node from itself']
      : []),
    ...(flapMs !== undefined && !(flapMs > 0) ? [`it flaps every ${flapMs} ms`] : []),
  ],
  words: ({ cut, isolate, flapMs }, hit) =>
    `partition ${isolate ? `${hit} | the others` : cutText(cut)}${flapMs ? ', flapping' : ''}`,
  nodeWords: () => 'cut off',
  *simpler({ flapMs, ...steady }) {
    if (flapMs !== undefined) yield steady;
  },
  hadEffect: (_, ended) => (ended.cut ?? 0) > 0,
  hindersNodes: false,
  cuts: cutUnder,
  isSteady: ({ flapMs }) => flapMs === undefined,
  sides(fault, hit, nodes) {
    const isInMajority = majorityIn(cutUnder(fault, hit, nodes), nodes);
    return [
      ['majority', nodes.filter(isInMajority)],
      ['minority', nodes.filter((node) => !isInMajority(node))],
    ];
  },
};
