import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../../harness/faults/fault.ts';
import { hadEffect } from '../../../../harness/faults/meanings.ts';
import { smallRun } from './small-run.ts';

const first = { id: 1, fromMs: 100, toMs: 700 };
const second = { id: 2, fromMs: 800, toMs: 1400 };
const alone: Fault = { ...first, kind: 'partition', cut: ['n2', 'n3'].flatMap((n) => [['n1', n] as const, [n, 'n1']]) };
const link: Fault = {
  ...second,
  kind: 'link',
  among: ['n1', 'n2', 'n3'],
  drop: 0.2,
  duplicate: 0.3,
  delayMs: 5,
  jitterMs: 9,
};
const runs: readonly (readonly [string, readonly Fault[]])[] = [
  ['partitions and bad links', [alone, link]],
  [
    'crashes and pauses',
    [
      { ...first, kind: 'crash', targets: ['n2'], disk: 'kept' },
      { ...second, kind: 'pause', targets: ['n3'] },
      { ...second, id: 3, kind: 'crash', targets: ['n1'], disk: 'lost' },
    ],
  ],
  [
    'clocks and disks',
    [
      { ...first, kind: 'clock', targets: ['n1'], how: 'step', byMs: -3000 },
      { ...second, kind: 'clock', targets: 'minority', how: 'drift', byMs: 0, rate: 2.5 },
      { ...first, id: 3, kind: 'disk', targets: 'all', how: 'slow', chance: 0.5 },
    ],
  ],
];

describe('with real processes', () => {
  it.each(runs)('%s bite, and the system answers again', async (_, faults) => {
    const { result, messages } = await smallRun(faults);
    expect(result.faults).toHaveLength(faults.length);
    for (const injected of result.faults) expect(hadEffect(injected), JSON.stringify(injected)).toBe(true);
    expect(result.recoveryMs).toBeDefined();
    expect(result.tally.finalAnswered).toBe(result.tally.finalAsked);
    expect(messages).toHaveLength(result.traffic.messages);
    expect(messages.every(({ cause, root }) => cause !== '' && /^(operation|start of) /.test(root))).toBe(true);
  });

  it('a node that is taken out of the cluster is gone for the others, and comes back', async () => {
    const out: Fault = { ...first, kind: 'membership', targets: ['n2'] };
    const { result } = await smallRun([out], { name: 'replicated-log/raft' });
    expect(result.faults[0]?.ended).toMatchObject({ targets: ['n2'], without: 2 });
    expect(result.tally.finalAnswered).toBe(result.tally.finalAsked);
    expect(result.checkers.linearizable?.type, result.says).toBe('valid');
  });

  it('a drift of a clock is measured where it has its effect, at its end', async () => {
    const drift: Fault = { ...first, kind: 'clock', targets: ['n1'], how: 'drift', byMs: 0, rate: 2 };
    const { result } = await smallRun([drift]);
    const { ended } = result.faults[0]!;
    expect(ended).not.toBe('indeterminate');
    // Twice as fast for 600 ms or more is 600 ms ahead.
    if (ended !== 'indeterminate') expect(ended.offsetMs?.[0]).toBeGreaterThan(500);
  });

  it('nodes that all crashed find on their disks what they had stored', async () => {
    const { result, history } = await smallRun([{ ...second, kind: 'crash', targets: 'all', disk: 'kept' }]);
    const finals = [...history].filter(({ f, startNs }) => f === 'read' && startNs > result.healedMs * 1e6);
    expect(result.tally.finalAnswered).toBe(result.tally.finalAsked);
    for (const { outcome } of finals) if (outcome.type === 'ok') expect(outcome.output).not.toBeNull();
    expect(result.checkers.linearizable?.type ?? 'valid', result.says).not.toBe('invalid');
  });
});
