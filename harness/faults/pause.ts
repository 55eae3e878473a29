import { aimedAtNodes } from './aimed.ts';
import { aim } from './common.ts';
import type { Interval, Targets } from './interval.ts';
import type { FaultMeaning } from './meaning.ts';

/** The targets are paused and resume when the fault ends; what they were sent waits. */
export interface PauseFault extends Interval {
  readonly kind: 'pause';
  readonly targets: Targets;
}

/** Nodes are paused, and resume when the fault ends; what they were sent waits. */
export const pause: FaultMeaning<PauseFault> = {
  ...aimedAtNodes,
  kind: 'pause',
  drawnAs: 'paused',
  happened: 'paused',
  names: {
    pause: {
      says: 'nodes are paused and resume',
      draw: (draw, scene) => ({ kind: 'pause', targets: aim(draw, scene) }),
    },
  },
  covers: () => ['pause'],
  plainest: (node) => ({ kind: 'pause', targets: [node] }),
  shortestMs: ({ shortestMs, callTimeoutMs, durationMs }) =>
    Math.max(shortestMs, Math.min(callTimeoutMs * 1.2, durationMs * 0.4)),
  problemsOfAll(faults, { callTimeoutMs }) {
    // Otherwise every client waits a pause out, and no run shows what a pause does.
    if (faults.some(({ fromMs, toMs }) => toMs - fromMs > callTimeoutMs)) return [];
    return [`no pause lasts longer than a client waits (${callTimeoutMs} ms): lengthen one or shorten --timeout`];
  },
  words: (_, hit) => `pause ${hit}`,
  nodeWords: () => 'paused',
  hadEffect: (begun) => (begun.hit ?? begun.pids ?? []).length > 0,
  hindersNodes: true,
  takesNodes: true,
};
