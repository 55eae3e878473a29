import { judge } from 'elle-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faults, histories, plans } from '../../harness/fast-check.ts';
import { meaningOf } from '../../harness/faults/meanings.ts';
import { run } from '../../harness/running/run.ts';

const HARNESS_SEED = { seed: 1 };
const NODES = ['n1', 'n2', 'n3'];
const WANTED = {
  system: 'quorum/abd',
  workload: 'register',
  cluster: 'simulation',
  faults: ['partition', 'crash'],
  options: { durationMs: 1000, ratePerSecond: 40 },
} as const;

const calls = fc.oneof(
  fc.nat(3).map((value) => ({ f: 'write', key: 'x', input: value, output: null })),
  fc.nat(3).map((value) => ({ f: 'read', key: 'x', input: null, output: value })),
);

describe('histories', () => {
  it('are those of processes with one operation at a time, and none after one that is unknown', () => {
    const property = fc.property(histories({ calls }), (history) => {
      const open = new Map<number, number>();
      for (let row = 0; row < history.length; row++) {
        const { process, start, end, outcome } = history.operation(row);
        expect(open.get(process) ?? -1).toBeLessThan(start);
        open.set(process, outcome.type === 'info' ? Number.POSITIVE_INFINITY : end);
      }
    });
    fc.assert(property, HARNESS_SEED);
  });

  it('overlap, are of every outcome, and are linearizable or not', () => {
    const drawn = fc.sample(histories({ calls, operations: 6 }), { ...HARNESS_SEED, numRuns: 300 });
    const verdicts = drawn.map((history) => judge(history, { type: 'register', model: 'linearizable' }).valid);
    expect(new Set(verdicts)).toEqual(new Set([true, false]));
    const outcomes = drawn.flatMap((history) => [...history].map(({ outcome }) => outcome.type));
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'fail', 'info']));
  });

  it('shrink to the fewest operations that break the model', () => {
    const property = fc.property(histories({ calls, outcomes: ['ok'] }), (history) => {
      return judge(history, { type: 'register', model: 'linearizable' }).valid !== false;
    });
    const { failed, counterexample } = fc.check(property, HARNESS_SEED);
    expect([failed, counterexample?.[0].length]).toEqual([true, 1]);
  });
});

describe('faults', () => {
  it('are of the kinds that were asked for, within the run', () => {
    const property = fc.property(faults({ names: ['partition', 'crash'], nodes: NODES }), (all) => {
      for (const fault of all) {
        expect(['partition', 'crash']).toContain(fault.kind);
        expect(meaningOf(fault).kind).toBe(fault.kind);
      }
    });
    fc.assert(property, HARNESS_SEED);
  });

  it('shrink to one where one is enough', () => {
    const property = fc.property(faults({ names: ['partition', 'crash'], nodes: NODES }), (all) => {
      return !all.some(({ kind }) => kind === 'crash');
    });
    const { counterexample } = fc.check(property, HARNESS_SEED);
    expect(counterexample?.[0].map(({ kind }) => kind)).toEqual(['crash']);
  });
});

describe('plans', () => {
  it('are runs, and shrink to the calls that matter, whose ids stay', async () => {
    const drawn = await plans(WANTED);
    const [whole] = fc.sample(drawn, { ...HARNESS_SEED, numRuns: 1 });
    const { result } = await run({ ...WANTED, plan: whole! });
    expect(result.verdict).not.toBe('invalid');
    const property = fc.property(drawn, ({ calls: all }) => all.filter(({ f }) => f === 'write').length < 2);
    const { counterexample } = fc.check(property, HARNESS_SEED);
    const left = counterexample![0];
    expect([left.calls.map(({ f }) => f), left.faults]).toEqual([['write', 'write'], []]);
    expect(left.calls.map(({ id }) => id)).not.toEqual([0, 1]);
  });

  it('of a setting that cannot be are refused', async () => {
    await expect(plans({ ...WANTED, system: 'no/such' })).rejects.toThrow('no system is called');
  });
});
