/**
 * Nodes that crash and restart within milliseconds, again and again: what a node keeps in memory alone is lost between
 * two messages that rely on it, and no client times out meanwhile. Others hear of different things in between, as
 * chains of messages have different delays, some messages are late, or two nodes hear of each other by way of a third.
 */
import type { NodeId } from '../../systems/node.ts';
import type { FaultKind, System } from '../../systems/system.ts';
import type { Draw } from '../../workloads/workload.ts';
import type { Fault } from '../faults/fault.ts';
import type { Sort } from '../faults/meaning.ts';
import { bridgedBy, shuffled } from '../faults/partition.ts';
import { drawsFrom, logUniform, wholeBelow } from '../setting/random.ts';
import { drawPlanned, type Shape, type Strategy } from './strategy.ts';

const SHAPE: Shape = {
  durationMs: [40, 600],
  calls: [3, 40],
  clients: [2, 8],
  keys: 2,
  nodes: [3, 3, 3, 4, 5],
  faults: {},
  chance: 0,
};
/** So many restarts a run has at most. */
const MOST = 80;

/** What may be wrong all through the run, by the kind of fault that the claim must tolerate. */
const BESIDE: Partial<Record<FaultKind, (next: () => number, nodes: readonly NodeId[]) => Sort<Fault>>> = {
  partition: (_, nodes) => bridgedBy(nodes),
  link: (next, among) => ({
    ...{ kind: 'link', among, drop: 0, duplicate: 0, delayMs: 0 },
    jitterMs: Math.round(logUniform(next(), 10, 100)),
  }),
};

export const restarts: Strategy = {
  name: 'restarts',
  says: 'nodes that crash and restart within milliseconds, again and again',
  fits: ({ claims }) => claims.some(toleratesCrash),
  draw(seed, system, workload, learnt) {
    const shape = drawsFrom(seed)('paced') < 0.5 ? { ...SHAPE, paced: true as const } : SHAPE;
    return drawPlanned(shape, seed, system, workload, learnt, (setting, nodes, durationMs) =>
      faultsOf(system, nodes, durationMs, setting),
    );
  },
};

function toleratesCrash({ under }: System['claims'][number]): boolean {
  return under.includes('crash');
}

function faultsOf({ claims }: System, nodes: readonly NodeId[], durationMs: number, setting: Draw): readonly Fault[] {
  const next = () => setting('restarts');
  const fitting = claims.filter(toleratesCrash);
  const claim = fitting[wholeBelow(next(), fitting.length)];
  if (!claim) return [];
  const everyMs = logUniform(next(), 6, 120);
  const downMs = Math.max(1, Math.round(logUniform(next(), 1, 8)));
  // The first goes down, and what is wrong beside that is between the others.
  const order = shuffled(next, nodes);
  const besides = Object.entries(BESIDE).flatMap(([kind, make]) =>
    claim.under.includes(kind as FaultKind) ? [make] : [],
  );
  const beside = besides[wholeBelow(next(), besides.length + 1)];
  const faults: Fault[] = [];
  if (beside) faults.push({ id: 1, fromMs: 0, toMs: durationMs, ...beside(next, order) } as Fault);
  for (const node of next() < 0.8 ? order.slice(0, 1) : order)
    for (let atMs = next() * everyMs; atMs < durationMs - downMs && faults.length < MOST; ) {
      const fromMs = Math.round(atMs);
      const when = { id: faults.length + 1, fromMs, toMs: fromMs + downMs };
      faults.push({ ...when, kind: 'crash', targets: [node], disk: 'kept' });
      atMs += downMs + everyMs * (0.3 + 1.4 * next());
    }
  return faults;
}
