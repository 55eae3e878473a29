/**
 * Draws a run's faults from its seed. Every name that `--faults` takes stands here, with what it draws; a mix is several of them.
 * Lengths are log-uniform, so that short faults are tried as well as long ones.
 */
import type { NodeId } from '../../systems/node.ts';
import type { Draw } from '../../workloads/workload.ts';
import { BadInput } from '../failure.ts';
import { unknownName } from '../nearest.ts';
import { logUniform, wholeBelow } from '../random.ts';
import type { Fault, Targets } from './fault.ts';

export interface Scene {
  readonly nodes: readonly NodeId[];
  readonly durationMs: number;
  /** A pause must outlast this, or no client would notice it. */
  readonly callTimeoutMs: number;
  /** The least that a fault lasts, but for a pause: real clients make too few calls in a moment to show anything. */
  readonly shortestMs: number;
}

/** A fault without its place in time. */
type Sort = Fault extends infer F ? (F extends Fault ? Omit<F, 'id' | 'fromMs' | 'toMs'> : never) : never;
type Drawer = (draw: () => number, scene: Scene) => Sort;

interface Named {
  readonly says: string;
  readonly draw: Drawer;
}

const pick = <T>(draw: () => number, items: readonly T[]): T => items[wholeBelow(draw(), items.length)]!;
const crossing = (a: readonly NodeId[], b: readonly NodeId[]) => a.flatMap((x) => b.map((y) => [x, y] as const));
const bothWays = (a: readonly NodeId[], b: readonly NodeId[]) => [...crossing(a, b), ...crossing(b, a)];

function shuffled(draw: () => number, nodes: readonly NodeId[]): readonly NodeId[] {
  return nodes
    .map((node) => [draw(), node] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, node]) => node);
}

function halves(draw: () => number, nodes: readonly NodeId[]): Sort {
  const order = shuffled(draw, nodes);
  const half = Math.ceil(nodes.length / 2);
  return { kind: 'partition', cut: bothWays(order.slice(0, half), order.slice(half)) };
}

function oneNode(draw: () => number, nodes: readonly NodeId[]): Sort {
  const alone = pick(draw, nodes);
  return {
    kind: 'partition',
    cut: bothWays(
      [alone],
      nodes.filter((node) => node !== alone),
    ),
  };
}

/** Every node sees a majority, but no two see the same one: each hears its neighbours on a ring. */
function majorityRing(draw: () => number, nodes: readonly NodeId[]): Sort {
  const order = shuffled(draw, nodes);
  const n = order.length;
  const reach = Math.ceil((Math.floor(n / 2) + 1 - 1) / 2);
  const far = (i: number, j: number) => Math.min((i - j + n) % n, (j - i + n) % n) > reach;
  const cut = order.flatMap((a, i) => order.flatMap((b, j) => (far(i, j) ? [[a, b] as const] : [])));
  return n < 4 ? halves(draw, nodes) : { kind: 'partition', cut };
}

/** Two halves that only one node can hear both of; of two nodes none can be a bridge. */
function bridge(draw: () => number, nodes: readonly NodeId[]): Sort {
  if (nodes.length < 3) return halves(draw, nodes);
  const [, ...rest] = shuffled(draw, nodes);
  const half = Math.ceil(rest.length / 2);
  return { kind: 'partition', cut: bothWays(rest.slice(0, half), rest.slice(half)) };
}

function oneWay(draw: () => number, nodes: readonly NodeId[]): Sort {
  const order = shuffled(draw, nodes);
  const half = Math.ceil(nodes.length / 2);
  const [from, to] =
    draw() < 0.5 ? [order.slice(0, half), order.slice(half)] : [order.slice(half), order.slice(0, half)];
  return { kind: 'partition', cut: crossing(from, to) };
}

const link = (bad: { drop?: number; duplicate?: number; delayMs?: number; jitterMs?: number }): Drawer => {
  return (_, { nodes }) => ({ kind: 'link', among: nodes, drop: 0, duplicate: 0, delayMs: 0, jitterMs: 0, ...bad });
};
/** Of two nodes or one there is no minority. */
const aim: (draw: () => number, scene: Scene) => Targets = (draw, { nodes }) => {
  const targets = pick(draw, ['one', 'primary', 'minority', 'one'] as const);
  return targets === 'minority' && nodes.length < 3 ? 'one' : targets;
};
const disk = (how: 'lose' | 'tear' | 'corrupt' | 'full' | 'slow'): Drawer => {
  return (draw, scene) => ({ kind: 'disk', targets: aim(draw, scene), how, chance: 0.2 + 0.6 * draw() });
};
const clock = (how: 'step' | 'strobe' | 'drift'): Drawer => {
  return (draw, scene) => {
    const byMs = Math.round((draw() < 0.5 ? -1 : 1) * logUniform(draw(), 20, 5000));
    const common = { kind: 'clock', targets: aim(draw, scene), how } as const;
    if (how === 'drift') return { ...common, byMs: 0, rate: pick(draw, [0.4, 0.8, 1.25, 2.5]) };
    return how === 'strobe'
      ? { ...common, byMs, periodMs: Math.round(logUniform(draw(), 10, 400)) }
      : { ...common, byMs };
  };
};
const oneOf = (names: readonly string[]): Drawer => {
  return (draw, scene) => (NAMED[pick(draw, names)] as Named).draw(draw, scene);
};
const cut = (how: (draw: () => number, nodes: readonly NodeId[]) => Sort): Drawer => {
  return (draw, scene) => how(draw, scene.nodes);
};

/** Every fault by the name that `--faults` takes. The first seven names are the kinds; each draws among its own. */
export const NAMED: Readonly<Record<string, Named>> = {
  partition: {
    says: 'any partition below',
    draw: oneOf(['halves', 'one-node', 'majority-ring', 'bridge', 'one-way', 'flapping']),
  },
  link: { says: 'any bad link below', draw: oneOf(['loss', 'duplication', 'delay', 'reordering']) },
  crash: {
    says: 'nodes die and start again with their disks',
    draw: (draw, scene) => ({ kind: 'crash', targets: aim(draw, scene), disk: 'kept' }),
  },
  pause: { says: 'nodes stand still and go on', draw: (draw, scene) => ({ kind: 'pause', targets: aim(draw, scene) }) },
  clock: { says: 'any clock fault below', draw: oneOf(['step', 'strobe', 'drift']) },
  disk: { says: 'any disk fault below', draw: oneOf(['lose', 'tear', 'corrupt', 'full', 'slow']) },
  membership: {
    says: 'nodes are taken out of the cluster, and in again (for designs that change members)',
    draw: (draw, scene) => ({ kind: 'membership', targets: aim(draw, scene) }),
  },
  halves: { says: 'two halves that do not hear each other', draw: cut(halves) },
  'one-node': { says: 'one node that nobody hears', draw: cut(oneNode) },
  'majority-ring': { says: 'each node hears a majority, no two the same (from 4 nodes on)', draw: cut(majorityRing) },
  bridge: { says: 'two halves, and one node that hears both', draw: cut(bridge) },
  'one-way': { says: 'one half hears the other, but not back', draw: cut(oneWay) },
  flapping: {
    says: 'two halves, cut and mended in turns',
    draw: (draw, { nodes }) => ({ ...halves(draw, nodes), flapMs: Math.round(logUniform(draw(), 20, 300)) }) as Sort,
  },
  loss: { says: 'messages lost', draw: (draw, scene) => link({ drop: 0.05 + 0.4 * draw() })(draw, scene) },
  duplication: {
    says: 'messages doubled',
    draw: (draw, scene) => link({ duplicate: 0.1 + 0.5 * draw() })(draw, scene),
  },
  delay: {
    says: 'messages late',
    draw: (draw, scene) => link({ delayMs: Math.round(logUniform(draw(), 5, 200)) })(draw, scene),
  },
  reordering: {
    says: 'messages late by very different times',
    draw: (draw, scene) =>
      link({ jitterMs: Math.round(logUniform(draw(), 20, 600)), duplicate: 0.1 * draw() })(draw, scene),
  },
  'crash-lost': {
    says: 'one node dies and starts again with an empty disk',
    draw: () => ({ kind: 'crash', targets: 'one', disk: 'lost' }),
  },
  'crash-all': { says: 'all nodes die and start again', draw: () => ({ kind: 'crash', targets: 'all', disk: 'kept' }) },
  step: { says: 'wall clocks jump', draw: clock('step') },
  strobe: { says: 'wall clocks jump there and back', draw: clock('strobe') },
  drift: { says: 'clocks run too fast or too slow', draw: clock('drift') },
  lose: { says: 'acknowledged writes that the next crash forgets', draw: disk('lose') },
  tear: { says: 'writes that a crash leaves half done', draw: disk('tear') },
  corrupt: { says: 'entries that cannot be read back', draw: disk('corrupt') },
  full: { says: 'writes refused for want of space', draw: disk('full') },
  slow: { says: 'writes that take long', draw: disk('slow') },
};

/** Names for several at once. `all` leaves out what no design survives, lost and lying disks; neither changes members, which few designs can. */
export const MIXES: Readonly<Record<string, readonly string[]>> = {
  none: [],
  all: ['partition', 'link', 'crash', 'pause', 'clock'],
  everything: ['partition', 'link', 'crash', 'pause', 'clock', 'disk'],
};

/** The single names behind those given. Throws `BadInput` for a name that does not exist. */
export function faultNames(given: readonly string[]): readonly string[] {
  const names = given.flatMap((name) => MIXES[name] ?? [name]);
  const unknown = names.find((name) => !(name in NAMED));
  if (unknown !== undefined) throw new BadInput(unknownName('fault', unknown, Object.keys({ ...MIXES, ...NAMED })));
  return [...new Set(names)];
}

/** Draws one or two faults of each name, within the first nine tenths of the main phase. */
export function drawFaults(draw: Draw, given: readonly string[], scene: Scene): readonly Fault[] {
  const faults: Fault[] = [];
  for (const name of faultNames(given)) {
    const next = () => draw(`fault ${name}`);
    const count = next() < 0.5 ? 1 : 2;
    for (let i = 0; i < count; i++) {
      const sort = (NAMED[name] as Named).draw(next, scene);
      const shortest =
        sort.kind === 'pause'
          ? Math.max(scene.shortestMs, Math.min(scene.callTimeoutMs * 1.2, scene.durationMs * 0.4))
          : scene.shortestMs;
      const length = Math.round(logUniform(next(), Math.max(1, shortest), Math.max(2, scene.durationMs * 0.5)));
      const fromMs = Math.round(next() * (scene.durationMs * 0.9 - length));
      faults.push({
        id: faults.length + 1,
        fromMs: Math.max(0, fromMs),
        toMs: Math.max(0, fromMs) + length,
        ...sort,
      } as Fault);
    }
  }
  return faults;
}
