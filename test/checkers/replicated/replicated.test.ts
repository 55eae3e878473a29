import {
  type Checker,
  convergence,
  FAIL,
  gCounter,
  gSet,
  type History,
  INFO,
  lwwRegister,
  mvRegister,
  OK,
  orSet,
  pnCounter,
  replicatedList,
  strongConvergence,
  twoPhaseSet,
} from 'elle-ts';
import { expect, test } from 'vitest';
import { below, type Draw, draws, made, op } from '../monitors/random.ts';
import { type Replicated, simulate } from './simulation.ts';
import * as types from './types.ts';

const correct: readonly [string, Replicated<never>, () => unknown][] = [
  ['g-counter', types.growOnlyCounter as never, gCounter],
  ['pn-counter', types.upDownCounter as never, pnCounter],
  ['g-set', types.growOnlySet as never, gSet],
  ['2p-set', types.removedForEver as never, twoPhaseSet],
  ['or-set', types.addWins as never, orSet],
  ['lww-register', types.lastWriter as never, lwwRegister],
  ['mv-register', types.siblings as never, mvRegister],
  ['list', types.list as never, replicatedList],
];

test.each(correct)('a correct %s is never accused in 600 random runs', (_, type, checker) => {
  const draw = draws(81);
  for (let run = 0; run < 600; run++) {
    const history = simulate(draw, type);
    const verdict = (checker() as Checker).check(history);
    if (verdict.type !== 'valid') expect({ run, verdict, history: [...history] }).toBe('valid');
  }
});

const broken: readonly [string, Replicated<never>, () => unknown, string][] = [
  ['g-counter merged by sum', types.counterThatSums as never, gCounter, 'unexpected'],
  ['g-counter that forgets', types.counterThatForgets as never, gCounter, 'nonmonotonic-read'],
  ['pn-counter that forgets decrements', types.counterThatForgetsDown as never, pnCounter, 'diverged'],
  ['g-set that drops elements', types.setThatDrops as never, gSet, 'nonmonotonic-read'],
  ['2p-set that forgets removals', types.removedForAWhile as never, twoPhaseSet, 'resurrected'],
  ['or-set that removes by value', types.removeByValue as never, orSet, 'lost'],
  ['or-set that collects tombstones early', types.earlyCollection as never, orSet, 'resurrected'],
  ['lww-register whose first writer wins', types.firstWriter as never, lwwRegister, 'lost-update'],
  ['lww-register that prefers its own', types.ownWriter as never, lwwRegister, 'diverged'],
  ['mv-register that keeps what was replaced', types.hoarder as never, mvRegister, 'resurrected'],
  ['list in the order of arrival', types.listByArrival as never, replicatedList, 'order-cycle'],
];

test.each(broken)('a %s is caught, with the anomaly that says so', (_, type, checker, name) => {
  const draw = draws(82);
  let caught = 0;
  const names = new Map<string, number>();
  for (let run = 0; run < 200; run++) {
    const verdict = (checker() as Checker).check(simulate(draw, type));
    if (verdict.type !== 'invalid') continue;
    caught++;
    for (const anomaly of verdict.anomalies) names.set(anomaly.name, (names.get(anomaly.name) ?? 0) + 1);
  }
  expect({ caught, names: [...names] }).toMatchObject({ caught: expect.any(Number) });
  expect(caught).toBeGreaterThan(10);
  expect([...names.keys()]).toContain(name);
});

/**
 * By definition: which outcomes for the element are reached by some
 * choice of the crashed updates and of what each removal knew.
 */
function reachable(
  history: History,
  element: unknown,
  observed: (a: number, r: number) => boolean,
): ReadonlySet<boolean> {
  const { columns } = history;
  const rows = [...Array(history.length).keys()].filter(
    (row) => columns.input[row] === element && columns.type[row] !== FAIL,
  );
  const f = (row: number) => columns.fNames[columns.f[row] as number];
  const optional = rows.filter((row) => columns.type[row] === INFO);
  const outcomes = new Set<boolean>();
  for (let chosen = 0; chosen < 1 << optional.length; chosen++) {
    const happened = rows.filter((row) => columns.type[row] === OK || chosen & (1 << optional.indexOf(row)));
    const adds = happened.filter((row) => f(row) === 'add');
    const removes = happened.filter((row) => f(row) === 'remove');
    const pairs = adds
      .flatMap((a) => removes.map((r) => [a, r] as const))
      .filter(([a, r]) => (columns.start[a] as number) < (columns.end[r] as number));
    for (let seen = 0; seen < 1 << pairs.length; seen++) {
      const knew = (a: number, r: number) => pairs.some(([one, two], i) => one === a && two === r && seen & (1 << i));
      if (adds.some((a) => removes.some((r) => observed(a, r) && !knew(a, r)))) continue;
      outcomes.add(adds.some((a) => !removes.some((r) => knew(a, r))));
    }
  }
  return outcomes;
}

/** A few updates of one element at two replicas, some of them crashed, and a final read of both. */
function fewUpdates(draw: Draw, final: boolean): History {
  let time = 0;
  const updates = [...Array(1 + below(draw, 4)).keys()].map((i) => {
    const start = time++;
    const overlap = draw() < 0.3 ? 3 : 1;
    time += overlap;
    const fate = draw();
    return {
      ...op(
        i,
        draw() < 0.5 ? 'add' : 'remove',
        'e',
        null,
        start,
        fate < 0.2 ? 'info' : fate < 0.3 ? 'fail' : start + (overlap > 1 ? 5 : 1),
      ),
      node: `n${below(draw, 2)}`,
    };
  });
  const spread = updates.map((o, i) => ({ ...o, start: 10 * o.start + i, end: o.end > 1e9 ? o.end : 10 * o.end + i }));
  const read = (node: number) => ({
    ...op(20 + node, 'read', null, final ? ['e'] : [], 900 + 2 * node, 901 + 2 * node),
    node: `n${node}`,
  });
  return made(...(spread as never[]), ...([read(0), read(1)] as never[]));
}

test('the or-set rule agrees with the definition on 2,000 random histories of one element', () => {
  const draw = draws(83);
  const seen = { valid: 0, invalid: 0, unknown: 0 };
  for (let run = 0; run < 2000; run++) {
    const final = draw() < 0.5;
    const history = fewUpdates(draw, final);
    const { columns } = history;
    const known = (a: number, r: number) =>
      columns.type[a] === OK &&
      (columns.end[a] as number) < (columns.start[r] as number) &&
      columns.node[a] === columns.node[r] &&
      columns.type[r] === OK;
    const possible = reachable(history, 'e', known);
    const verdict = (orSet() as unknown as Checker).check(history);
    seen[verdict.type]++;
    const expected = possible.has(final) ? 'valid' : 'invalid';
    if (verdict.type !== expected) expect({ run, verdict, history: [...history] }).toBe(expected);
  }
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(300);
});

test('replicas that differ in the end have diverged, and one that was not read leaves it open', () => {
  const read = (node: string, output: unknown, start: number) => ({
    ...op(start, 'read', null, output, start, start + 1),
    node,
  });
  const add = { ...op(9, 'add', 1, null, 0, 1), node: 'n3' };
  expect(convergence().check(made(read('n1', [1], 2), read('n2', [1], 4)))).toMatchObject({ type: 'valid' });
  expect(convergence().check(made(read('n1', [1], 2), read('n2', [], 4)))).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'diverged', operations: [2, 4] }],
  });
  expect(convergence().check(made(add, read('n1', [1], 2), read('n2', [1], 4)))).toMatchObject({ type: 'unknown' });
  expect(convergence({ unordered: true }).check(made(read('n1', [1, 2], 2), read('n2', [2, 1], 4)))).toMatchObject({
    type: 'valid',
  });
  expect(convergence().check(made(read('n1', [1, 2], 2), read('n2', [2, 1], 4)))).toMatchObject({ type: 'invalid' });
});

test('final reads begin after the heal of the nemesis', () => {
  const read = (output: unknown, start: number) => op(start, 'read', null, output, start, start + 1);
  const history = made(op(0, 'write', 1, null, 0, 1), read(null, 2), read(1, 6));
  expect((lwwRegister() as unknown as Checker).check(history)).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'diverged' }],
  });
  const healed = {
    ...history,
    length: history.length,
    columns: history.columns,
    nemesis: [{ index: 4, timeNs: 4e6, f: 'heal', value: null }],
  } as unknown as History;
  expect((lwwRegister() as unknown as Checker).check(healed)).toMatchObject({ type: 'valid' });
});

test('reads of one version that show two values break strong convergence', () => {
  const read = (value: unknown, version: unknown, start: number) =>
    op(start, 'read', null, { value, version }, start, start + 1);
  expect(strongConvergence().check(made(read(1, { a: 1 }, 0), read(2, { a: 1 }, 2)))).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'diverged' }],
  });
  expect(strongConvergence().check(made(read(1, { a: 1, b: 2 }, 0), read(1, { b: 2, a: 1 }, 2)))).toMatchObject({
    type: 'valid',
  });
  expect(strongConvergence().check(made(read(1, { a: 1 }, 0), read(2, { a: 2 }, 2)))).toMatchObject({
    type: 'unknown',
  });
});

test('a replica that shows less than it had seen goes backwards, and reads that overlap or are elsewhere do not', () => {
  const read = (version: unknown, start: number, end = start + 1, node = 'n1') => ({
    ...op(start, 'read', null, { value: [], version }, start, end),
    node,
  });
  const check = (...reads: readonly unknown[]) => (orSet() as unknown as Checker).check(made(...(reads as never[])));
  expect(check(read({ a: 2 }, 0), read({ a: 1, b: 5 }, 2), read({ a: 2, b: 5 }, 4))).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'nonmonotonic-read', operations: [0, 2] }],
  });
  expect(check(read({ a: 1 }, 0), read({ a: 2 }, 2), read({ a: 2, b: 1 }, 4))).toMatchObject({ type: 'valid' });
  expect(check(read({ a: 2 }, 0, 3), read({ a: 1 }, 1, 5))).toMatchObject({ type: 'valid' });
  const healed = { ...op(9, 'add', 1, null, 8, 9), node: 'n1' };
  const finals = [read({ a: 2 }, 10), read({ a: 2 }, 12, 13, 'n2')];
  const elsewhere = [read({ a: 2 }, 0), read({ a: 1 }, 2, 3, 'n2'), healed, ...finals];
  expect(check(...elsewhere)).not.toMatchObject({ anomalies: [{ name: 'nonmonotonic-read' }] });
});
