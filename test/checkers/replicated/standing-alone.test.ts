/**
 * The operations that an anomaly of a replicated datatype names show
 * the same anomaly alone, with what they show of other operations left out.
 */
import {
  type Anomaly,
  type Checker,
  gCounter,
  gSet,
  type History,
  historyOf,
  lwwRegister,
  mvRegister,
  type Operation,
  orSet,
  replicatedList,
  twoPhaseSet,
  visibilities,
} from 'elle-ts';
import { expect, test } from 'vitest';
import { drawHistory, told } from '../monitors/histories.ts';
import { draws } from '../monitors/random.ts';
import { type Chance, chance } from '../oracle/chance.ts';
import { type Replicated, simulate } from './simulation.ts';
import * as types from './types.ts';

/** Anomalies that are about more operations than they can name. */
const EXEMPT: readonly { readonly anomaly: string; readonly of: RegExp; readonly because: 'sums' | 'divergence' }[] = [
  { anomaly: 'diverged', of: /./, because: 'divergence' },
  { anomaly: 'lost', of: /counter/, because: 'sums' },
  { anomaly: 'unexpected', of: /counter/, because: 'sums' },
];

const brought = (all: readonly Operation[]): Set<unknown> =>
  new Set(
    all
      .filter((o) => ['add', 'write', 'insert'].includes(o.f) && o.outcome.type !== 'fail')
      .map((o) => (o.f === 'insert' ? (o.input as { value: unknown }).value : o.input)),
  );

/** The named operations; of lists that they show, the elements that one of them caused, or that no operation caused. */
function alone(history: History, { operations }: Anomaly): History {
  const all = [...history] as Operation[];
  const named = all.filter(({ start }) => operations.includes(start));
  const [somebody, here] = [brought(all), brought(named)];
  const blanked = named.map((o) => {
    const output = told(o);
    if (!Array.isArray(output)) return o;
    const kept = (output as readonly unknown[]).filter((value) => here.has(value) || !somebody.has(value));
    return { ...o, outcome: { type: 'ok', output: kept } } as unknown as Operation;
  });
  return historyOf(blanked, history);
}

function expectAlone(name: string, checker: Checker, histories: Iterable<History>, atLeast: number): void {
  let judged = 0;
  for (const history of histories) {
    const verdict = checker.check(history);
    for (const anomaly of verdict.type === 'invalid' ? verdict.anomalies : []) {
      if (EXEMPT.some((one) => one.anomaly === anomaly.name && one.of.test(name))) continue;
      judged++;
      const again = checker.check(alone(history, anomaly));
      const same = again.type === 'invalid' && again.anomalies.some((one) => one.name === anomaly.name);
      if (!same) expect(JSON.stringify({ anomaly, again, part: [...alone(history, anomaly)] })).toBe('alone');
    }
  }
  expect(judged).toBeGreaterThan(atLeast);
}

const broken: readonly [string, Replicated<never>, () => unknown][] = [
  ['g-counter that forgets', types.counterThatForgets as never, gCounter],
  ['g-set that drops elements', types.setThatDrops as never, gSet],
  ['2p-set that forgets removals', types.removedForAWhile as never, twoPhaseSet],
  ['or-set that removes by value', types.removeByValue as never, orSet],
  ['or-set that collects tombstones early', types.earlyCollection as never, orSet],
  ['lww-register whose first writer wins', types.firstWriter as never, lwwRegister],
  ['mv-register that keeps what was replaced', types.hoarder as never, mvRegister],
  ['list in the order of arrival', types.listByArrival as never, replicatedList],
];

test.each(broken)('a %s shows it by itself, in 250 random runs', (name, type, checker) => {
  const draw = draws(85);
  const runs = Array.from({ length: 250 }, () => simulate(draw, type));
  expectAlone(name, checker() as Checker, runs, 20);
});

const some = (c: Chance): number[] => [0, 1, 2, 3].filter(() => c.maybe(0.4));
type Drawn = readonly [string, () => unknown, (c: Chance, i: number) => readonly [string, unknown, unknown]];
const drawn: readonly Drawn[] = [
  ['g-counter', gCounter, (c) => (c.maybe(0.5) ? ['add', 1, null] : ['read', null, c.int(4)])],
  ['g-set', gSet, (c) => (c.maybe(0.5) ? ['add', c.int(4), null] : ['read', null, some(c)])],
  ...(['2p-set', 'or-set'] as const).map(
    (name, at): Drawn =>
      [
        name,
        [twoPhaseSet, orSet][at] as () => unknown,
        (c: Chance) => {
          const f = c.pick(['add', 'add', 'remove', 'read', 'contains']);
          return [f, f === 'read' ? null : c.int(3), f === 'read' ? some(c) : c.maybe(0.5)] as const;
        },
      ] as const,
  ),
  [
    'lww-register',
    lwwRegister,
    (c, i) => (c.maybe(0.5) ? ['write', i, null] : ['read', null, c.pick([null, c.int(i + 1)])]),
  ],
  ['mv-register', mvRegister, (c, i) => (c.maybe(0.5) ? ['write', i, null] : ['read', null, some(c)])],
  [
    'list',
    replicatedList,
    (c, i) =>
      c.maybe(0.6)
        ? ['insert', { value: i, after: i > 0 && c.maybe(0.3) ? c.int(i) : null }, null]
        : c.maybe(0.3)
          ? ['remove', c.int(i + 1), null]
          : ['read', null, c.maybe(0.5) ? some(c) : some(c).reverse()],
  ],
];

test.each(drawn)('what is wrong with a %s is so by itself, in 2,000 random histories', (name, checker, draw) => {
  const c = chance(86);
  const histories = Array.from({ length: 2000 }, () =>
    historyOf(
      drawHistory(
        c,
        (i) => {
          const [f, input, output] = draw(c, i);
          return { f, input, output };
        },
        { nodes: c.maybe(0.7) ? ['a', 'b'] : [], operations: 8 },
      ),
    ),
  );
  expectAlone(name, checker() as Checker, histories, 200);
});

test.each(visibilities().map((checker) => [checker.name, checker] as const))(
  'what lacks %s does so by itself, in 2,000 random histories',
  (name, checker) => {
    const c = chance(87);
    const histories = Array.from({ length: 2000 }, () => {
      const counts: Record<string, number> = { a: 0, b: 0 };
      const operations = drawHistory(
        c,
        () => ({ f: c.maybe(0.5) ? 'add' : 'read', output: { value: null, version: { a: c.int(3), b: c.int(3) } } }),
        { nodes: ['a', 'b'], info: 0, fail: 0 },
      );
      for (const o of operations) {
        const { version } = told(o) as { version: Record<string, number> };
        if (o.f === 'add')
          version[o.node as string] = counts[o.node as string] = (counts[o.node as string] as number) + 1;
      }
      return historyOf(operations);
    });
    expectAlone(name, checker as Checker, histories, 200);
  },
);
