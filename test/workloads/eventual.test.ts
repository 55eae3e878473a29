import { historyOf, NEVER, type NemesisEvent, type Operation, type Register } from 'elle-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventual } from '../../workloads/eventual.ts';

type Row = Operation<Register>;

/** What is written is the position of the write plus one. */
interface Drawn {
  readonly f: 'read' | 'write';
  readonly key: 'x' | 'y';
  readonly node: 'n1' | 'n2';
  readonly type: 'ok' | 'fail' | 'info';
  readonly shows: number;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  f: fc.constantFrom('read', 'write'),
  key: fc.constantFrom('x', 'y'),
  node: fc.constantFrom('n1', 'n2'),
  type: fc.constantFrom('ok', 'ok', 'ok', 'fail', 'info'),
  shows: fc.nat({ max: 8 }),
});

/** Intervals of which some overlap: each begins at its place and ends a few places later. */
function operationsOf(rows: readonly (Drawn & { length: number })[]): readonly Row[] {
  const events = rows.flatMap((row, i) => [
    { at: i * 2, i, begin: true },
    { at: i * 2 + 1 + 2 * row.length, i, begin: false },
  ]);
  events.sort((a, b) => a.at - b.at || Number(b.begin) - Number(a.begin) || a.i - b.i);
  const place = new Map(events.map(({ i, begin }, index) => [`${i} ${begin}`, index]));
  return rows.map((row, i) => {
    const start = place.get(`${i} true`)!;
    const end = row.type === 'info' ? NEVER : place.get(`${i} false`)!;
    const outcome =
      row.type === 'ok'
        ? { type: 'ok', output: row.f === 'read' ? row.shows || null : null }
        : { type: row.type, error: 'not done' };
    const input = row.f === 'write' ? i + 1 : null;
    return {
      process: i,
      node: row.node,
      f: row.f,
      key: row.key,
      input,
      outcome,
      start,
      end,
      startNs: start,
      endNs: end,
    } as Row;
  });
}

/** The definition, written out. */
function holds(operations: readonly Row[], healed: number): boolean {
  const writerOf = (read: Row) =>
    operations.find(
      (o) => o.f === 'write' && o.key === read.key && o.input === (read.outcome as { output?: unknown }).output,
    );
  const reads = operations.filter((o) => o.f === 'read' && o.outcome.type === 'ok');
  for (const read of reads) {
    if ((read.outcome as { output: unknown }).output === null) continue;
    const writer = writerOf(read);
    if (!writer || writer.outcome.type === 'fail' || writer.start > read.end) return false;
  }
  const updates = operations.filter((o) => o.f === 'write' && o.outcome.type === 'ok').map((o) => o.end);
  const quiet = Math.max(healed, -1, ...updates);
  for (const key of ['x', 'y']) {
    const last = ['n1', 'n2'].flatMap((node) => {
      const some = reads.filter((o) => o.key === key && o.node === node && o.start > quiet);
      return some.slice(-1);
    });
    const settled = last.filter((read) => writerOf(read)?.outcome.type !== 'info');
    if (new Set(settled.map((read) => (read.outcome as { output: unknown }).output)).size > 1) return false;
  }
  return true;
}

describe('eventual consistency of registers', () => {
  it('is judged as its definition says, on thousands of small histories', () => {
    let valid = 0;
    let invalid = 0;
    const row = fc.tuple(drawn, fc.nat({ max: 3 })).map(([one, length]) => ({ ...one, length }));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 7 }), fc.boolean(), (rows, heals) => {
        const operations = operationsOf(rows);
        const healed = heals ? 2 * rows.length - 4 : -1;
        const nemesis: NemesisEvent[] = heals ? [{ index: healed, timeNs: 0, f: 'heal', value: null }] : [];
        const expected = holds(operations, healed);
        expected ? valid++ : invalid++;
        expect(eventual.check(historyOf(operations, { nemesis })).type).toBe(expected ? 'valid' : 'invalid');
      }),
      { numRuns: 5000, seed: 4 },
    );
    expect(Math.min(valid, invalid)).toBeGreaterThan(1000);
  });
});
