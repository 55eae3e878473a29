/**
 * Nodes that crash and restart within milliseconds, again and again, while chains of messages have different delays:
 * what a node keeps in memory alone is lost between two messages that rely on it, and no client times out meanwhile.
 */
import type { NodeId } from '../../systems/node.ts';
import type { Draw } from '../../workloads/workload.ts';
import type { Fault } from '../faults/fault.ts';
import { logUniform, wholeBelow } from '../setting/random.ts';
import { drawPlanned, type Shape, type Strategy } from './strategy.ts';

const SHAPE: Shape = {
  durationMs: [60, 600],
  calls: [3, 20],
  clients: [2, 8],
  keys: 2,
  nodes: [3, 3, 3, 4, 5],
  faults: {},
  chance: 0,
  paced: true,
};
/** So many restarts a run has at most. */
const MOST = 80;

export const restarts: Strategy = {
  name: 'restarts',
  says: 'nodes that crash and restart within milliseconds, again and again',
  fits: ({ claims }) => claims.some(({ under }) => under.includes('crash')),
  draw(seed, system, workload, learnt) {
    return drawPlanned(SHAPE, seed, system, workload, learnt, (setting, nodes, durationMs) =>
      restarts.fits?.(system) ? faultsOf(nodes, durationMs, setting) : [],
    );
  },
};

function faultsOf(nodes: readonly NodeId[], durationMs: number, setting: Draw): readonly Fault[] {
  const next = () => setting('restarts');
  const everyMs = logUniform(next(), 6, 120);
  const downMs = Math.max(1, Math.round(logUniform(next(), 1, 8)));
  const alone = nodes[wholeBelow(next(), nodes.length)]!;
  const faults: Fault[] = [];
  for (const node of next() < 0.6 ? [alone] : nodes)
    for (let atMs = next() * everyMs; atMs < durationMs - downMs && faults.length < MOST; ) {
      const fromMs = Math.round(atMs);
      const when = { id: faults.length + 1, fromMs, toMs: fromMs + downMs };
      faults.push({ ...when, kind: 'crash', targets: [node], disk: 'kept' });
      atMs += downMs + everyMs * (0.3 + 1.4 * next());
    }
  return faults;
}
