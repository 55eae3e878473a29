import type { NodeId } from '../systems/node.ts';
import type { Draw, WorkloadOptions } from './workload.ts';

/** A moment at which a client calls some function. */
export interface Slot {
  readonly f: string;
  readonly id: number;
  readonly client: number;
  readonly node: NodeId;
  readonly atMs: number;
}

/**
 * Spreads the calls of a run over its time: as many as the rate asks for, evenly at random, each by a random
 * client and with a function drawn from the mix. A client stays with its node, as sessions do. Ids count from 1.
 */
export function callTimes(draw: Draw, options: WorkloadOptions): readonly Slot[] {
  const calls = Math.round((options.ratePerSecond * options.durationMs) / 1000);
  const count = options.ratePerSecond === 0 ? 0 : Math.max(1, calls);
  const times = Array.from({ length: count }, () => Math.floor(draw('time') * options.durationMs)).sort(
    (a, b) => a - b,
  );
  return times.map((atMs, i) => {
    const client = Math.min(options.clients - 1, Math.floor(draw('client') * options.clients));
    const node = options.nodes[client % options.nodes.length]!;
    return { f: fromMix(options.mix, draw('function')), id: i + 1, client, node, atMs };
  });
}

function fromMix(mix: Readonly<Record<string, number>>, uniform: number): string {
  const shares = Object.entries(mix);
  const total = shares.reduce((sum, [, share]) => sum + share, 0);
  let left = uniform * total;
  for (const [f, share] of shares) {
    left -= share;
    if (left < 0) return f;
  }
  return shares[shares.length - 1]![0];
}
