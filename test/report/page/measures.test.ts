import { historyOf, staleness as measured, type Operation } from 'elle-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packHistory } from '../../../report/packed.ts';
import { convergence } from '../../../report/page/convergence.ts';
import { staleness, throughput } from '../../../report/page/measures.ts';
import { recoveredText } from '../../../report/page/time.ts';
import { unpackOperations } from '../../../report/page/unpack.ts';

/** Registers with few keys and values, so that reads see old and unknown values, and values are written twice. */
const operations = fc.array(
  fc.record({
    read: fc.boolean(),
    key: fc.constantFrom('x', 'y'),
    value: fc.integer({ min: 0, max: 6 }),
    at: fc.integer({ min: 0, max: 60 }),
    took: fc.integer({ min: 0, max: 12 }),
    outcome: fc.constantFrom('ok', 'ok', 'ok', 'fail', 'info'),
  }),
  { minLength: 8, maxLength: 20 },
);

describe('staleness', () => {
  it('is what elle-ts measures, for a thousand small histories', async () => {
    let stale = 0;
    await fc.assert(
      fc.asyncProperty(operations, async (list) => {
        // Events in a total order that agrees with the clock, as a recorder has them.
        const events = list
          .flatMap((_, i) => [
            { i, ns: list[i]!.at * 1e6, end: false },
            { i, ns: (list[i]!.at + list[i]!.took) * 1e6, end: true },
          ])
          .sort((a, b) => a.ns - b.ns || Number(a.end) - Number(b.end) || a.i - b.i);
        const place = (i: number, end: boolean) => events.findIndex((event) => event.i === i && event.end === end);
        const all = list
          .map(({ read, key, value, at, took, outcome }, i): Operation => {
            const output = read && value > 0 ? value : null;
            return {
              process: i,
              node: `n${i % 2}`,
              f: read ? 'read' : 'write',
              key,
              input: (read ? null : value) as never,
              outcome: outcome === 'ok' ? { type: 'ok', output } : { type: outcome as 'fail', error: 'x' },
              start: place(i, false),
              end: place(i, true),
              startNs: at * 1e6,
              endNs: (at + took) * 1e6,
            };
          })
          .sort((a, b) => a.start - b.start);
        const history = historyOf(all);
        const ops = await unpackOperations(packHistory(history, new Int32Array(all.length)).toString('base64'));
        const found = staleness(ops);
        const expected = measured(history);
        expect([found?.reads, found?.stale]).toEqual([expected?.reads, expected?.stale]);
        const shown = found?.series.flatMap(({ ms }) => ms.filter((age) => age !== null)) ?? [];
        const ages = [...(expected?.agesNs ?? [])].filter((_, read) => expected!.versionCounts[read]! > 0);
        expect(shown.sort((a, b) => a - b)).toEqual(ages.map((ns) => ns / 1e6).sort((a, b) => a - b));
        stale += shown.length;
      }),
      { numRuns: 1000, seed: 3 },
    );
    expect(stale).toBeGreaterThan(100);
  });
});

describe('convergence', () => {
  const unpacked = async (rows: readonly (readonly [node: string, key: string, output: unknown])[]) => {
    const all = rows.map(([node, key, output], i): Operation => {
      const times = { start: i * 2, end: i * 2 + 1, startNs: i * 1e9, endNs: i * 1e9 + 5e8 };
      return {
        process: i,
        node,
        key,
        f: 'read',
        input: null as never,
        outcome: { type: 'ok', output: output as never },
        ...times,
      };
    });
    return unpackOperations(packHistory(historyOf(all), new Int32Array(all.length)).toString('base64'));
  };

  it('counts what each node was seen to know, of all keys, and falls where it forgets', async () => {
    const version = (counts: object) => ({ value: 0, version: counts });
    const ops = await unpacked([
      ['n1', 'x', version({ n1: 2 })],
      ['n2', 'x', version({})],
      ['n1', 'y', version({ n1: 1, n2: 1 })],
      ['n2', 'x', version({ n1: 2 })],
      ['n1', 'x', version({ n1: 1 })],
    ]);
    expect(convergence(ops)).toEqual({
      at: [0.5, 1.5, 2.5, 3.5, 4.5],
      series: [
        { node: 'n1', known: [2, 2, 4, 4, 3] },
        { node: 'n2', known: [null, 0, 0, 2, 2] },
      ],
    });
  });

  it('is nothing where answers name no versions', async () => {
    const outputs = [3, { value: 1 }, { version: { n1: 'a' } }, '{"version":{'];
    expect(convergence(await unpacked(outputs.map((output, i) => [`n${i}`, 'x', output])))).toBeUndefined();
  });
});

describe('throughput', () => {
  it('adds up to the operations', async () => {
    const all = Array.from({ length: 50 }, (_, i): Operation => {
      const times = { start: i * 2, end: i * 2 + 1, startNs: i * 1e7, endNs: i * 1e7 + 5e6 };
      return { process: i, f: 'read', input: null as never, outcome: { type: 'ok', output: i }, ...times };
    });
    const ops = await unpackOperations(packHistory(historyOf(all), new Int32Array(50)).toString('base64'));
    const { at, series } = throughput(ops, { from: 0, to: 1e9 });
    const seconds = 1 / at.length;
    expect(series.map(({ name }) => name)).toEqual(['read ok']);
    expect(series[0]!.rate.reduce((sum, rate) => sum + rate * seconds, 0)).toBeCloseTo(50);
  });
});

describe('recovery', () => {
  it('is told only where there was a fault to recover from', () => {
    expect(recoveredText(0, null)).toBeUndefined();
    expect(recoveredText(0, 69.2)).toBeUndefined();
    expect(recoveredText(2, null)).toBe('not in time');
    expect(recoveredText(1, 69.2)).toBe('in 69.2 ms');
  });
});
