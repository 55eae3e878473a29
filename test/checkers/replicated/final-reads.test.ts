/** What final reads must agree on, which reads are final, and what updates without a completion can explain. */
import { historyOf, judge, type NemesisEvent, type Operation } from 'elle-ts';
import { describe, expect, test } from 'vitest';
import { drawHistory } from '../monitors/histories.ts';
import { op } from '../monitors/random.ts';
import { type Chance, chance } from '../oracle/chance.ts';

const NODES = ['a', 'b'];
const some = (c: Chance): number[] => [0, 1, 2].filter(() => c.maybe(0.5));

/** By type: an update, and what a read may show. */
const types: Readonly<Record<string, readonly [(c: Chance, i: number) => [string, unknown], (c: Chance) => unknown]>> =
  {
    'g-counter': [(c) => ['add', 1 + c.int(2)], (c) => c.int(4)],
    'replicated-counter': [(c) => ['add', c.pick([1, 2, -1])], (c) => c.int(4)],
    'pn-counter': [(c) => ['add', c.pick([1, 2, -1])], (c) => c.int(4)],
    'g-set': [(c) => ['add', c.int(3)], some],
    '2p-set': [(c) => [c.pick(['add', 'add', 'remove']), c.int(3)], some],
    'or-set': [(c) => [c.pick(['add', 'add', 'remove']), c.int(3)], some],
    'lww-register': [(c) => ['write', c.int(3)], (c) => c.pick([null, 0, 1, 2])],
    'lww-map': [(c) => ['write', c.int(3)], (c) => c.pick([null, 0, 1, 2])],
    'mv-register': [(c) => ['write', c.int(3)], some],
    list: [(c, i) => ['insert', { value: c.maybe(0.8) ? i : c.int(2), after: null }], some],
  };

const heal: NemesisEvent = { index: 800, timeNs: 8e8, f: 'heal', value: null };

/** Some updates, and a read of each node in the end, which is marked or not. */
function ended(c: Chance, type: string, marked: boolean, info: number): Operation[] {
  const [update, show] = types[type] as (typeof types)[string];
  const updates = drawHistory(
    c,
    (i) => {
      const [f, input] = update(c, i);
      return { f, input };
    },
    { nodes: NODES, operations: 4, info, fail: 0 },
  );
  const same = show(c);
  return updates.concat(
    NODES.map((node, i) => {
      const output = c.maybe(0.4) ? same : show(c);
      const at = { start: 900 + 2 * i, end: 901 + 2 * i, startNs: (900 + 2 * i) * 1e6, endNs: (901 + 2 * i) * 1e6 };
      const outcome = { type: 'ok', output };
      return { process: 90 + i, node, f: 'read', input: null, outcome, ...(marked ? { final: true } : {}), ...at };
    }) as unknown as Operation[],
  );
}

describe.each(Object.keys(types))('%s', (type) => {
  test('is never right where its replicas have not converged, on 1,200 random histories', () => {
    const c = chance(91);
    const seen = { converged: 0, diverged: 0, unknown: 0 };
    for (let run = 0; run < 1200; run++) {
      const operations = ended(c, type, run % 2 === 0, run % 3);
      const { models } = judge(historyOf(operations, { nemesis: run % 5 ? [] : [heal] }), { type });
      const { convergence } = models;
      seen[convergence === true ? 'converged' : convergence === false ? 'diverged' : 'unknown']++;
      if (convergence === false && models[type] !== false) expect({ run, models, operations }).toBe('not right');
      if (models[type] === true && convergence !== true) expect({ run, models, operations }).toBe('converged');
    }
    expect(seen.converged).toBeGreaterThan(200);
    expect(seen.diverged).toBeGreaterThan(200);
  });
});

const shownAt = (operations: readonly Operation[], node: string): unknown => {
  const read = operations.find((o) => o.f === 'read' && o.node === node);
  return read?.outcome.type === 'ok' ? (read.outcome.output as unknown) : undefined;
};
const lateInputs = (operations: readonly Operation[]): unknown[] =>
  operations.filter((o) => o.outcome.type === 'info').map((o) => o.input as unknown);

/** Whether updates that never returned can explain that two replicas differ, by trying all that they may have done. */
const explained: Readonly<Record<string, (operations: readonly Operation[]) => boolean>> = {
  'g-set': (operations) => {
    const [one, two] = NODES.map((node) => shownAt(operations, node) as unknown[]) as [unknown[], unknown[]];
    const late = lateInputs(operations);
    return [...one, ...two].every((e) => (one.includes(e) && two.includes(e)) || late.includes(e));
  },
  'lww-register': (operations) => NODES.some((node) => lateInputs(operations).includes(shownAt(operations, node))),
  'pn-counter': (operations) => {
    const known = operations
      .filter((o) => o.f === 'add' && o.outcome.type === 'ok')
      .map((o) => o.input as unknown as number);
    const base = known.reduce((sum, delta) => sum + delta, 0);
    const late = lateInputs(operations) as number[];
    const sums = Array.from({ length: 1 << late.length }, (_, mask) =>
      late.reduce((sum, delta, i) => sum + (mask & (1 << i) ? delta : 0), base),
    );
    return late.length > 0 && NODES.every((node) => sums.includes(shownAt(operations, node) as number));
  },
};

test.each(Object.keys(explained))(
  'replicas of a %s that differ have diverged, unless the reads are not marked and what never returned explains it',
  (type) => {
    const c = chance(92);
    const seen = { explained: 0, diverged: 0 };
    for (let run = 0; run < 1500; run++) {
      const marked = c.maybe(0.3);
      const operations = ended(c, type, marked, 3);
      const [one, two] = NODES.map((node) => JSON.stringify(shownAt(operations, node)));
      if (one === two) continue;
      const history = historyOf(operations);
      const { valid, reason } = judge(history, { type, model: 'convergence' });
      const expected = !marked && explained[type]?.(operations) ? 'unknown' : false;
      seen[expected === 'unknown' ? 'explained' : 'diverged']++;
      if (valid !== expected) expect({ run, marked, valid, reason, operations }).toBe(expected);
      if (valid === 'unknown') expect(reason).toContain('"final?": true');
      if (valid === false && !marked) expect(reason).toContain('the end of the last update counts as the end of time');
    }
    expect(Math.min(seen.explained, seen.diverged)).toBeGreaterThan(50);
  },
);

const read = (node: string, output: unknown, start: number, more: object = {}) => ({
  ...op(start, 'read', null, output, start, start + 1),
  node,
  ...more,
});
const at = (node: string, operation: Operation): Operation => ({ ...operation, node }) as Operation;

test('a pn-counter whose replicas differ in the last round is wrong, though each value is a possible sum', () => {
  const adds = [at('n0', op(0, 'add', 1, null, 0, 2)), at('n1', op(1, 'add', 1, null, 1, 'info'))];
  const judged = (one: number, two: number, marks: object, nemesis: readonly NemesisEvent[] = [heal]) =>
    judge(
      historyOf([...adds, read('n0', one, 1000, marks), read('n1', two, 1002, marks)] as Operation[], { nemesis }),
      {
        type: 'pn-counter',
      },
    );
  expect(judged(1, 2, { final: true })).toMatchObject({ valid: false, models: { convergence: false } });
  expect(judged(2, 2, { final: true })).toMatchObject({ valid: true, models: { convergence: true } });
  expect(judged(1, 2, {})).toMatchObject({ valid: 'unknown', models: { convergence: 'unknown' } });
  expect(judged(1, 3, {}).valid).toBe(false);
});

test('only marked reads are final where any is, whatever came after them', () => {
  const history = historyOf([
    at('n0', op(0, 'add', 1, null, 0, 1)),
    read('n0', [1], 2, { final: true }),
    read('n1', [1], 4, { final: true }),
    read('n1', [], 6),
  ] as Operation[]);
  expect(judge(history, { type: '2p-set', model: '2p-set' }).valid).toBe(true);
});

test('a list in which an element repeats is judged, and unknown only where such an element was removed', () => {
  const twice = [1, 1].map((value, i) => at('n0', op(0, 'insert', { value, after: null }, null, 2 * i, 2 * i + 1)));
  const judged = (...outputs: number[][]) =>
    judge(historyOf([...twice, ...outputs.map((output, i) => read(`n${i}`, output, 10 + 2 * i))] as Operation[]), {
      type: 'list',
      model: 'list',
    });
  expect(judged([1, 1], [1, 1]).valid).toBe(true);
  expect(judged([1], [1])).toMatchObject({ valid: false, anomalies: [{ name: 'lost' }] });
  const removal = at('n0', op(0, 'remove', 1, null, 4, 5));
  const removed = historyOf([...twice, removal, read('n0', [1], 10), read('n1', [1], 12)] as Operation[]);
  expect(judge(removed, { type: 'list', model: 'list' })).toMatchObject({
    valid: 'unknown',
    reason: expect.stringContaining('inserted several times and removed'),
  });
  expect(judged([1, 1], [1])).toMatchObject({ valid: false, anomalies: [{ name: 'diverged' }] });
  expect(judged([1, 1, 1], [1, 1, 1])).toMatchObject({ valid: false, anomalies: [{ name: 'duplicate' }] });
});

test('the letters of a text have one order, whichever of equal ones each read shows', () => {
  const typed = [...'abab'].map((value, i) => at('n0', op(0, 'insert', { value }, null, 2 * i, 2 * i + 1)));
  const judged = (...outputs: string[]) => {
    const reads = outputs.map((output, i) => read(`n${i % 2}`, [...output] as never, 10 + 2 * i));
    return judge(historyOf([...typed, ...reads] as Operation[]), { type: 'list', model: 'list' });
  };
  expect(judged('ab', 'ba', 'abab', 'abab').valid).toBe(true);
  const wrong = judged('aabb', 'bbaa', 'aabb', 'aabb');
  expect(wrong).toMatchObject({ valid: false });
  expect(wrong.anomalies.map(({ name }) => name)).toContain('order-cycle');
});

test('a read of null tells nothing of a set', () => {
  const history = historyOf([
    at('n0', op(0, 'add', 1, null, 0, 1)),
    read('n0', [1], 2),
    read('n1', null, 4),
    read('n1', [1], 6),
  ] as Operation[]);
  expect(judge(history, { type: 'g-set', model: 'g-set' }).valid).toBe(true);
});
