import { HistoryBuilder, linearizable, monotonicReads, type Outcome, register, staleness } from 'elle-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultsSeen } from '../../../../harness/judging/metrics/availability.ts';
import { cleanWindows, wilson } from '../../../../harness/judging/metrics/consistency.ts';
import { METRICS } from '../../../../harness/judging/metrics/definitions.ts';
import { Histogram } from '../../../../harness/judging/metrics/histogram.ts';
import { losses } from '../../../../harness/judging/metrics/losses.ts';
import type { InjectedFault } from '../../../../harness/running/nemesis.ts';
import { run } from '../../../../harness/running/run.ts';

/** `[process, node, f, input, from ms, to ms, output]`; without an output it never returned. */
type Row = readonly [
  process: number,
  node: string,
  f: string,
  input: unknown,
  from: number,
  to: number,
  output?: unknown,
];

function history(rows: readonly Row[]) {
  const builder = new HistoryBuilder();
  const events = rows
    .flatMap((row, i) => [
      { at: row[4], i, begins: true },
      ...(row.length > 6 ? [{ at: row[5], i, begins: false }] : []),
    ])
    .sort((a, b) => a.at - b.at || Number(b.begins) - Number(a.begins));
  const places = new Map<number, number>();
  events.forEach(({ at, i, begins }, index) => {
    const [process, node, f, input, , , output] = rows[i]!;
    if (begins) places.set(i, builder.invoke(index, at * 1e6, process, { f, key: 'x', input, node }));
    else builder.complete(places.get(i)!, index, at * 1e6, { type: 'ok', output } as Outcome<unknown>);
  });
  return builder;
}

const recorded = (rows: readonly Row[]) => ({ history: history(rows), answers: new Set<number>() });

describe('a histogram of latencies', () => {
  it('has quantiles that are never too small and too large by less than a 128th', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 60_000_000 }), { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (us, share) => {
          const histogram = new Histogram();
          for (const one of us) histogram.add(one / 1000);
          const exact = us.sort((a, b) => a - b)[Math.max(1, Math.ceil(share * us.length)) - 1]! / 1000;
          const told = histogram.quantile(share)!;
          return told >= exact - 1e-9 && told <= exact * (1 + 1 / 128) + 1e-9;
        },
      ),
    );
  });

  it('is the same after it was written and added to another', () => {
    const some = new Histogram();
    for (const ms of [0, 0.1, 3, 3, 500]) some.add(ms);
    const more = new Histogram().addAll(String(some)).addAll('').addAll(String(some));
    expect(more.count).toBe(10);
    expect(more.quantile(0.5)).toBe(some.quantile(0.5));
    expect(new Histogram().quantile(0.5)).toBeUndefined();
  });
});

describe('the clean-window ratio', () => {
  const stale = history([
    [0, 'n1', 'write', 1, 100, 200, null],
    [0, 'n1', 'write', 2, 1100, 1200, null],
    [1, 'n2', 'read', null, 2300, 2400, 2],
    [1, 'n2', 'read', null, 3300, 3400, 1],
    [1, 'n2', 'read', null, 3500, 3600, 2],
    [2, 'n3', 'read', null, 5300, 5400, 2],
  ]);

  it('leaves out the windows that a counterexample reaches into, and those of weaker models for stronger ones', () => {
    const checkers = {
      linearizable: linearizable(register).check(stale as never),
      'monotonic-reads': monotonicReads().check(stale as never),
    };
    const clean = cleanWindows(checkers, stale, 6, staleness(stale));
    expect(clean['monotonic-reads']!.dirty).toContain(3);
    expect(clean['monotonic-reads']!.dirty).not.toContain(5);
    for (const window of clean['monotonic-reads']!.dirty) expect(clean.linearizable!.dirty).toContain(window);
    expect(clean.linearizable!.ratio!.value).toBeLessThan(1);
  });

  it('is all windows where nothing was found, and nothing where the verdict is unknown', () => {
    const clean = cleanWindows(
      { causal: { type: 'valid' }, linearizable: { type: 'unknown', reason: 'too much' } },
      history([]),
      4,
      undefined,
    );
    expect(clean.causal).toMatchObject({ dirty: [], ratio: { value: 1 } });
    expect(clean.linearizable!.ratio).toBeUndefined();
  });

  it('has Wilson’s interval', () => {
    // Newcombe, Statistics in Medicine 1998, table I: 81 of 263 and 0 of 20.
    expect(wilson(81, 263)).toMatchObject({ low: 0.2553, high: 0.3662 });
    expect(wilson(0, 20)).toMatchObject({ low: 0, high: 0.1611 });
    expect(wilson(0, 0)).toEqual({ value: 0, low: 0, high: 1 });
  });
});

describe('availability and recovery', () => {
  const cut = ['n2', 'n3'].flatMap((node) => [['n1', node] as const, [node, 'n1'] as const]);
  const partition: InjectedFault = {
    fault: { id: 1, kind: 'partition', cut, fromMs: 1000, toMs: 2000 },
    ...{
      began: { targets: ['n1', 'n2', 'n3'] },
      ended: { targets: ['n1', 'n2', 'n3'], cut: 3 },
      fromMs: 1000,
      toMs: 2000,
    },
  };

  it('are counted on each side of a partition', () => {
    const [seen] = faultsSeen(
      recorded([
        [0, 'n1', 'write', 1, 1100, 1600],
        [1, 'n2', 'write', 2, 1100, 1200, null],
        [2, 'n3', 'read', null, 1300, 1400, 2],
        [3, 'n1', 'read', null, 2100, 2350, 2],
        [1, 'n2', 'read', null, 2100, 2110, 2],
        [2, 'n3', 'read', null, 2100, 2120, 2],
      ]),
      [partition],
      ['n1', 'n2', 'n3'],
    );
    expect(seen!.sides).toEqual([
      { side: 'majority', nodes: ['n2', 'n3'], called: 2, answered: 2, committed: 2 },
      { side: 'minority', nodes: ['n1'], called: 1, answered: 0, committed: 0 },
    ]);
    expect(seen!.recoveryMs).toBe(350);
  });

  it('know no recovery where a node never answers again', () => {
    const rows: Row[] = [[0, 'n1', 'read', null, 2100, 2110, 2]];
    expect(faultsSeen(recorded(rows), [partition], ['n1', 'n2', 'n3'])[0]!.recoveryMs).toBeUndefined();
  });
});

describe('lost writes', () => {
  it('are those that every later read missed', () => {
    const rows: Row[] = [
      [0, 'n1', 'write', 1, 0, 10, null],
      [0, 'n1', 'write', 2, 20, 30, null],
      [1, 'n2', 'read', null, 40, 50, 1],
    ];
    expect(losses(history(rows))).toEqual({ acknowledged: 2, lost: 1 });
    expect(losses(history([[0, 'n1', 'txn', [], 0, 10, []]]))).toBeUndefined();
    expect(
      losses(
        history([
          [0, 'n1', 'add', 3, 0, 10, null],
          [0, 'n1', 'read', null, 20, 30, 3],
        ]),
      ),
    ).toBeUndefined();
    const lostElement: Row[] = [
      [0, 'n1', 'add', 3, 0, 10, null],
      [0, 'n1', 'add', 4, 0, 10, null],
      [0, 'n1', 'read', null, 20, 30, [3]],
    ];
    expect(losses(history(lostElement))).toEqual({ acknowledged: 2, lost: 1 });
  });
});

it('every metric that is defined is in the verdict of a run, and the other way round', async () => {
  const { result } = await run({ system: 'quorum/abd', cluster: 'simulation', faults: ['partition'], seed: 3 });
  const at = (path: string): unknown =>
    path.split('.').reduce<unknown>((value, name) => {
      const one = Array.isArray(value) ? value[0] : value;
      return (one as Record<string, unknown> | undefined)?.[name];
    }, result);
  for (const { path } of METRICS) expect(at(path), path).toBeDefined();
  const named = METRICS.map(({ path }) => path.split('.')[1]);
  for (const name of Object.keys(result.metrics!).filter((one) => one !== 'windowMs')) expect(named).toContain(name);
});
