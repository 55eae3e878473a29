import { type Api, historyOf, judge, lostInsertions, mixedRuns, type Operation, type ReplicatedList } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { type Chance, chance } from '../oracle/chance.ts';

type Call = readonly [process: number, f: string, input: unknown, output?: unknown];

function historyOfCalls(calls: readonly Call[]) {
  const operations = calls.map(([process, f, input, output = null], i) => ({
    ...{ process, node: `n${process}`, f, input, outcome: { type: 'ok', output } },
    ...{ start: 2 * i, end: 2 * i + 1, startNs: 2 * i * 1e6, endNs: (2 * i + 1) * 1e6 },
    ...(i === calls.length - 1 ? { final: true } : {}),
  }));
  return historyOf(operations as unknown as Operation<Api>[]);
}

/** The same, with a call for each element. */
const apart = (calls: readonly Call[]): readonly Call[] =>
  calls.flatMap(([process, f, input, output]): readonly Call[] => {
    const { values, after } = (input ?? {}) as { values?: readonly number[]; after?: unknown };
    if (!values) return [[process, f, input, output]];
    if (f === 'remove') return values.map((value): Call => [process, f, value]);
    return values.map((value, i): Call => [process, f, { value, after: i === 0 ? after : values[i - 1] }]);
  });

const anomaliesOf = (calls: readonly Call[]) => {
  const history = historyOfCalls(calls);
  const lost = lostInsertions().check(history as never);
  const { anomalies } = judge(history, { type: 'list' });
  return [
    ...new Set([...anomalies.map(({ name }) => name), ...(lost.type === 'invalid' ? ['not durable'] : [])]),
  ].sort();
};

/** Runs that are typed and ranges that are removed, in a list that every now and then is shown wrongly. */
function drawnCalls(c: Chance): readonly Call[] {
  let list: number[] = [];
  let next = 0;
  const calls: Call[] = [];
  for (let i = 0; i < 8; i++) {
    const process = c.int(2);
    const at = c.int(list.length + 1);
    if (list.length > 0 && c.maybe(0.3)) {
      const values = list.slice(at, at + 3);
      if (values.length === 0) continue;
      if (!c.maybe(0.1)) list = list.filter((one) => !values.includes(one));
      calls.push([process, 'remove', { values }]);
    } else {
      const values = Array.from({ length: 1 + c.int(3) }, () => ++next);
      calls.push([process, 'insert', { values, after: at === 0 ? null : list[at - 1] }]);
      if (!c.maybe(0.1)) list = [...list.slice(0, at), ...values, ...list.slice(at)];
    }
    if (c.maybe(0.1) && list.length > 1) list.unshift(list.pop() as number);
    if (c.maybe(0.4)) calls.push([process, 'read', null, list]);
  }
  return [...calls, [0, 'read', null, list]];
}

describe('runs and ranges of a list', () => {
  it('are judged as their elements are, one by one', () => {
    const seen = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++) {
      const calls = drawnCalls(chance(seed));
      const anomalies = anomaliesOf(calls);
      expect(anomalies, `seed ${seed}`).toEqual(anomaliesOf(apart(calls)));
      seen.set(anomalies.join(), (seen.get(anomalies.join()) ?? 0) + 1);
    }
    for (const name of ['', 'lost', 'order-cycle', 'resurrected'])
      expect(
        [...seen.keys()].some((all) => (name === '' ? all === '' : all.includes(name))),
        name,
      ).toBe(true);
  });
});

describe('runs that two typed at one place', () => {
  const typed = (process: number, letters: string, after: unknown): Call => [
    process,
    'insert',
    { values: [...letters], after },
  ];
  const verdictOf = (shown: string, calls: readonly Call[]) =>
    mixedRuns().check(
      historyOfCalls([...calls, [0, 'read', null, [...shown]]]) as never as Parameters<
        ReturnType<typeof mixedRuns>['check']
      >[0] & { readonly api?: ReplicatedList },
    ).type;
  const both = [typed(0, 'abc', null), typed(1, 'xyz', null)];

  it.each([
    ['abcxyz', 'valid'],
    ['xyzabc', 'valid'],
    ['xyc', 'valid'],
    ['axbycz', 'invalid'],
    ['abxyzc', 'invalid'],
    ['axc', 'invalid'],
  ])('and %s is shown: %s', (shown, verdict) => {
    expect(verdictOf(shown, both)).toBe(verdict);
  });

  it('are not mixed where one was put into the other', () => {
    expect(verdictOf('axyzbc', [typed(0, 'abc', null), typed(1, 'xyz', 'a')])).toBe('valid');
  });
});
