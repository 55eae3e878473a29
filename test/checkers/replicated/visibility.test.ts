import { type Operation, visibilities, visibility, visibilityReport } from 'elle-ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { made, op } from '../monitors/random.ts';

const NODES = ['a', 'b'];

/** An update counts among its node's; everything else of its version, and of a read's, is drawn. */
const drawn = fc.record({
  process: fc.nat({ max: 2 }),
  node: fc.constantFrom(...NODES),
  reads: fc.boolean(),
  sees: fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })),
  lasts: fc.nat({ max: 2 }),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

function historyOfDrawn(rows: readonly Drawn[]) {
  const counts: Record<string, number> = { a: 0, b: 0 };
  const free: number[] = [];
  const operations = rows.map(({ process, node, reads, sees, lasts }, i) => {
    const version: Record<string, number> = { a: sees[0], b: sees[1] };
    if (!reads) version[node] = ++counts[node]!;
    // Operations of a session do not overlap.
    const start = Math.max(10 * i, free[process] ?? 0);
    const end = start + 1 + 12 * lasts;
    free[process] = end + 1;
    const output = { value: null, version };
    return { ...op(process, reads ? 'read' : 'add', 1, output, start, end), node };
  });
  const times = operations.flatMap(
    ({ start, end }, i) =>
      [
        [start, i, 'start'],
        [end, i, 'end'],
      ] as const,
  );
  // Every event at a time of its own.
  [...times]
    .sort((x, y) => x[0] - y[0] || x[1] - y[1])
    .forEach(([, i, which], at) => {
      Object.assign(operations[i]!, { [which]: at });
    });
  return made(...(operations as never[])) as unknown as Parameters<typeof visibilityReport>[0];
}

/** Each level as it is defined, for all reads together. */
function admitted(operations: readonly Operation[]): readonly boolean[] {
  const vector = ({ outcome }: Operation) =>
    (outcome as unknown as { output: { version: Record<string, number> } }).output.version;
  const updates = operations.filter(({ f }) => f === 'add');
  const reads = operations.filter(({ f }) => f === 'read');
  const shows = (read: Operation, update: Operation) => vector(read)[update.node!]! >= vector(update)[update.node!]!;
  const covers = (read: Operation, other: Operation) =>
    NODES.every((node) => vector(read)[node]! >= vector(other)[node]!);
  const before = (x: Operation, y: Operation) => x.process === y.process && x.start < y.start;
  const levels = [
    (read: Operation) => updates.every((u) => !before(u, read) || shows(read, u)),
    (read: Operation) => operations.every((o) => !before(o, read) || covers(read, o)),
    (read: Operation) => updates.every((v) => !shows(read, v) || updates.every((w) => !before(w, v) || shows(read, w))),
    (read: Operation) => updates.every((v) => !shows(read, v) || covers(read, v)),
    (read: Operation) => updates.every((u) => u.end > read.start || shows(read, u)),
  ];
  return levels.map((_, i) => reads.every((read) => levels.slice(0, i + 1).every((level) => level(read))));
}

it('every level is judged as it is defined, on thousands of small histories', () => {
  const seen = [0, 0, 0, 0, 0];
  fc.assert(
    fc.property(fc.array(drawn, { minLength: 2, maxLength: 6 }), (rows) => {
      const history = historyOfDrawn(rows);
      if (!rows.some(({ reads }) => reads)) {
        expect(visibility('basic').check(history).type).toBe('unknown');
        return;
      }
      const expected = admitted([...history]);
      const verdicts = visibilities().map((checker) => checker.check(history).type === 'valid');
      expect(verdicts.reverse()).toEqual(expected);
      seen[expected.filter((holds) => holds).length - 1]!++;
    }),
    { numRuns: 4000, seed: 9 },
  );
  for (const count of seen) expect(count).toBeGreaterThan(40);
});

it('a report counts each read once, under the highest level that admits it', () => {
  const at = <T extends object>(row: T, node: string) => ({ ...row, node });
  const known = (version: object) => ({ value: null, version });
  const history = made(
    at(op(0, 'add', 1, known({ a: 1 }), 0, 1), 'a'),
    at(op(1, 'add', 1, known({ a: 1, b: 1 }), 2, 3), 'b'),
    at(op(2, 'read', null, known({ a: 0, b: 1 }), 4, 5), 'c'),
    at(op(0, 'read', null, known({ a: 0 }), 6, 7), 'c'),
    at(op(3, 'read', null, known({ a: 1, b: 1 }), 8, 9), 'c'),
    at(op(3, 'read', null, known({ a: 1 }), 10, 11), 'c'),
  ) as unknown as Parameters<typeof visibilityReport>[0];
  expect(visibilityReport(history)).toEqual({ weak: 1, basic: 1, monotonic: 0, peer: 1, causal: 0, complete: 1 });
  expect(visibility('causal').check(history)).toMatchObject({
    type: 'invalid',
    anomalies: [
      { name: 'not-causal', operations: [2, 4] },
      { name: 'not-basic', operations: [0, 6] },
      { name: 'not-monotonic', operations: [8, 10] },
    ],
  });
});
