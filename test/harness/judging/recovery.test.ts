import { describe, expect, it } from 'vitest';
import type { Cluster, Starved } from '../../../harness/clusters/cluster.ts';
import { judgeRecovery, recoveryOf } from '../../../harness/judging/recovery.ts';
import type { Executed } from '../../../harness/running/execute.ts';
import type { Final } from '../../../harness/running/finals.ts';
import { Patience } from '../../../harness/running/starved.ts';
import type { Claim } from '../../../systems/system.ts';

const claim: Claim = {
  model: 'linearizable',
  under: ['crash'],
  available: 'majority',
  durable: 'always',
  converges: false,
  recoversMs: 2000,
};
const crash = { id: 1, kind: 'crash', fromMs: 0, toMs: 1, targets: 'all', disk: 'kept' } as const;
const answered: Final = { node: 'n1', f: 'read', key: 'k0', ok: true };

function missing(how: 'silent' | 'refused' | 'threw', worked = true, node = 'n2'): Final {
  return { node, f: 'read', key: 'k0', ok: false, failure: { says: 'because', how, worked } };
}

function executed(
  final: readonly Final[],
  waitedMs: number,
  starvedMs = 0,
  inHandlers: Executed['thrown']['inHandlers'] = [],
) {
  const thrown = { atClients: [], inHandlers };
  return { recovery: { final, waitedMs, starvedMs }, healedMs: 100, thrown } as unknown as Executed;
}

describe('recovery', () => {
  it('is in time, or late, without what was starved', () => {
    expect(judgeRecovery(claim, executed([answered], 2000))).toEqual({ type: 'valid' });
    expect(judgeRecovery(claim, executed([answered], 2900, 1000))).toEqual({ type: 'valid' });
    expect(judgeRecovery(claim, executed([answered], 2100))).toMatchObject({
      type: 'invalid',
      anomalies: [{ name: 'no-recovery', message: expect.stringContaining('but that took 2100 ms') }],
    });
  });

  it('that never came is told with node, call, time and last error', () => {
    for (const [how, words] of [
      ['silent', 'n2 did not answer read of k0 for 5012 ms (because)'],
      ['refused', 'n2 refused read of k0 for 5012 ms (because)'],
      ['threw', 'n2 threw an error at read of k0 for 5012 ms (because)'],
    ] as const)
      expect(judgeRecovery(claim, executed([answered, missing(how)], 5012))).toMatchObject({
        type: 'invalid',
        anomalies: [{ at: { ms: 100, nodes: ['n2'] }, message: expect.stringContaining(words) }],
      });
  });

  it('is unknown exactly where what was starved could have kept a node from it', () => {
    for (let waitedMs = 2100; waitedMs < 30_000; waitedMs += 700)
      for (let starvedMs = 0; starvedMs <= waitedMs; starvedMs += 97) {
        const { type } = judgeRecovery(claim, executed([missing('silent')], waitedMs, starvedMs));
        expect(type).toBe(waitedMs - 4 * starvedMs > claim.recoversMs ? 'invalid' : 'unknown');
      }
  });

  it('is unknown where the code threw and never worked', () => {
    const thrown = [{ node: 'n1', where: 'its handler of x', says: 'inside', times: 2 }];
    const of = (...more: Parameters<typeof executed>) => judgeRecovery(claim, executed(...more)).type;
    expect(of([missing('threw', false)], 5000)).toBe('unknown');
    expect(of([missing('threw', true)], 5000)).toBe('invalid');
    expect(of([missing('threw', false), missing('silent', true, 'n3')], 5000)).toBe('invalid');
    expect(of([missing('silent', false)], 5000)).toBe('invalid');
    expect(of([missing('silent', false)], 5000, 0, thrown)).toBe('unknown');
    expect(of([missing('silent', true)], 5000, 0, thrown)).toBe('invalid');
  });

  it('has a figure only where there was something to recover from, and everybody did', () => {
    const { calls, links } = { calls: [], links: { seed: 1, calm: true, odd: {} } };
    expect(recoveryOf(executed([answered], 300, 100), { calls, links, faults: [crash] })).toEqual({ recoveryMs: 200 });
    expect(recoveryOf(executed([answered], 300), { calls, links, faults: [] })).toEqual({});
    expect(recoveryOf(executed([missing('silent')], 300), { calls, links, faults: [crash] })).toEqual({});
  });
});

describe('a deadline', () => {
  it('is over once so much time has certainly passed, or there is no hope that it ever will', async () => {
    let random = 7;
    const draw = (below: number) => {
      random = (random * 1103515245 + 12345) % 2147483648;
      return random % below;
    };
    for (let round = 0; round < 300; round++) {
      const busy = draw(100);
      let nowMs = 500;
      const starved: { harness: number; nodes: Record<string, number> } = { harness: 3, nodes: { n1: 5, n2: 90 } };
      const cluster = { starved: async (): Promise<Starved> => structuredClone(starved) } as unknown as Cluster;
      const patience = await Patience.begin(cluster, () => nowMs);
      const ms = 1000 + draw(5000);
      let all = 0;
      for (let over = false; !over; ) {
        const step = 1 + draw(400);
        nowMs += step;
        // Of a node that has started again everything counts, for it counts from nothing.
        const share = Math.floor((step * busy * draw(3)) / 200);
        starved.harness += share;
        starved.nodes.n1! += share;
        if (draw(20) === 0) starved.nodes.n2 = 0;
        all += 2 * share;
        over = await patience.isOver(ms);
        const waited = nowMs - 500;
        expect(over).toBe(waited - 4 * all >= ms || waited >= ms + 20_000);
      }
      expect(patience.starvedMs).toBe(all);
    }
  });
});
