import { HistoryBuilder, INFO } from 'elle-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { workersOf } from '../../harness/running/workers.ts';
import { packHistory } from '../../report/packed.ts';
import { find } from '../../report/page/filter.ts';
import { lanesOf } from '../../report/page/lanes.ts';
import { unpackOperations } from '../../report/page/unpack.ts';
import type { ReportInput } from '../../report/report.ts';
import { sample } from './sample.ts';

const operations = fc.array(
  fc.record({
    process: fc.integer({ min: -2, max: 1e6 }),
    f: fc.constantFrom('read', 'write', 'txn'),
    key: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
    node: fc.option(fc.constantFrom('n1', 'n2'), { nil: undefined }),
    input: fc.jsonValue(),
    atNs: fc.double({ min: 0, max: 1e15, noNaN: true }),
    tookNs: fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: undefined }),
    outcome: fc.oneof(
      fc.record({ type: fc.constant('ok' as const), output: fc.jsonValue() }),
      fc.record({ type: fc.constantFrom('fail' as const, 'info' as const), error: fc.string() }),
    ),
  }),
  { maxLength: 30 },
);

function packed(input: ReportInput): Buffer {
  return packHistory(input.history, workersOf(input));
}

describe('packed operations', () => {
  it('unpack to what they were', async () => {
    await fc.assert(
      fc.asyncProperty(operations, async (list) => {
        const history = new HistoryBuilder();
        list.forEach(({ process, f, key, node, input, atNs, tookNs, outcome }, i) => {
          const row = history.invoke(i * 3, atNs, process, {
            f,
            input,
            ...(key === undefined ? {} : { key }),
            ...(node === undefined ? {} : { node }),
          });
          if (tookNs !== undefined) history.complete(row, i * 3 + 1, atNs + tookNs, outcome);
        });
        const workers = Int32Array.from(list, (_, i) => (i % 3 === 0 ? -1 : i * 1000));
        const ops = await unpackOperations(packHistory(history, workers).toString('base64'));
        expect(ops.length).toBe(list.length);
        list.forEach(({ process, f, key, node, input, atNs, tookNs, outcome }, row) => {
          const { columns } = ops;
          expect(columns.process[row]).toBe(process);
          expect([ops.f(row), ops.key(row), ops.node(row)]).toEqual([f, key, node]);
          expect(columns.startNs[row]).toBe(Math.round(atNs));
          expect(ops.input(row)).toBe(input === null ? '' : JSON.stringify(input));
          expect(columns.worker[row]).toBe(workers[row]);
          expect(ops.row(row * 3)).toBe(row);
          if (tookNs === undefined) {
            expect([columns.endNs[row], columns.type[row]]).toEqual([Infinity, INFO]);
            return;
          }
          expect(Math.abs(columns.endNs[row]! - atNs - tookNs)).toBeLessThanOrEqual(1);
          expect(ops.outcome(row)).toBe(outcome.type);
          if (outcome.type === 'ok') {
            expect(ops.output(row)).toBe(outcome.output === null ? '' : JSON.stringify(outcome.output));
          } else expect(ops.error(row)).toBe(outcome.error);
        });
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('take at most 20 bytes an operation', () => {
    expect(packed(sample({ operations: 20_000 })).length / 20_000).toBeLessThan(20);
  });
});

describe('lanes', () => {
  it('hold every operation once, and no two in a row at the same time', async () => {
    const ops = await unpackOperations(packed(sample({ operations: 3000 })).toString('base64'));
    for (const by of ['client', 'process', 'key', 'node'] as const) {
      const lanes = lanesOf(ops, by, { clients: 8, nodes: ['n1', 'n2', 'n3'] });
      expect([...lanes.order].sort((a, b) => a - b)).toEqual(Array.from({ length: 3000 }, (_, row) => row));
      for (let row = 0; row < lanes.rows; row++) {
        let end = Number.NEGATIVE_INFINITY;
        for (let i = lanes.begin[row]!; i < lanes.begin[row + 1]!; i++) {
          expect(ops.columns.startNs[lanes.order[i]!]).toBeGreaterThanOrEqual(end);
          end = ops.endNs(lanes.order[i]!);
        }
      }
    }
  });
});

describe('a search', () => {
  it('finds what a look at each operation finds', async () => {
    const input = sample({ operations: 1500 });
    const { history } = input;
    const ops = await unpackOperations(packed(input).toString('base64'));
    const rows = (search: string) => {
      const { mask, count } = find(ops, search);
      const found = [...history].flatMap((_, row) => (mask?.[row] ? [row] : []));
      expect(found.length).toBe(count);
      return found;
    };
    const slow = (wanted: (operation: ReturnType<typeof history.operation>, row: number) => boolean) =>
      [...history].flatMap((operation, row) => (wanted(operation, row) ? [row] : []));
    expect(rows('f:write key:k2')).toEqual(slow(({ f, key }) => f === 'write' && key === 'k2'));
    expect(rows('outcome:info')).toEqual(slow(({ outcome }) => outcome.type === 'info'));
    expect(rows('node:n2 process:3')).toEqual(slow(({ node, process }) => node === 'n2' && process === 3));
    expect(rows('TIMEOUT')).toEqual(slow(({ outcome }) => outcome.type === 'info'));
    const has = (value: unknown) => value !== null && value !== undefined && String(value).includes('777');
    expect(rows('777')).toEqual(slow((operation, row) => has(operation.input) || has(history.columns.output[row])));
  });
});
