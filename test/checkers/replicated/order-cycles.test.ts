/**
 * Where reads of a list disagree on an order, the cycle is data: each edge is two neighbours that some operation shows.
 */
import { type Api, historyOf, judge, type Operation } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { type Chance, chance } from '../oracle/chance.ts';

function shuffled<T>(random: Chance, items: readonly T[]): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.int(left.length), 1)[0] as T);
}

function insertsAndReads(random: Chance): Operation<Api>[] {
  const elements = Array.from({ length: 2 + random.int(4) }, (_, i) => `e${i}`);
  const calls = [
    ...elements.map((value, i) => ({
      f: 'insert',
      input: { value, after: i === 0 || random.maybe(0.5) ? null : elements[random.int(i)] },
      output: null as unknown,
    })),
    ...Array.from({ length: 2 + random.int(3) }, () => ({
      f: 'read',
      input: null,
      output: shuffled(random, elements),
    })),
  ];
  return calls.map(({ f, input, output }, i) => {
    const [start, end] = [2 * i, 2 * i + 1];
    const times = { start, end, startNs: start * 1000, endNs: end * 1000 };
    return { process: i % 3, node: `n${i % 3}`, f, input, outcome: { type: 'ok', output }, ...times } as never;
  });
}

function neighbours({ f, input, outcome }: Operation<Api>): string[] {
  const { value, after } = (input ?? {}) as { value?: string; after?: string | null };
  if (f === 'insert') return after === null ? [] : [`${after} ${value}`];
  const content = outcome.type === 'ok' ? (outcome.output as unknown as string[]) : [];
  return content.slice(1).map((element, i) => `${content[i]} ${element}`);
}

describe('order cycles of lists', () => {
  it('lead from insert to insert by what some operation shows, and back to the first', () => {
    let cycles = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const operations = insertsAndReads(chance(seed * 31 + 7));
      const of = (start: number) => operations.find((one) => one.start === start) as Operation<Api>;
      const elementOf = (start: number) => (of(start).input as unknown as { value: string }).value;
      const anomalies = judge(historyOf(operations), { type: 'list' }).anomalies;
      for (const { cycle = [] } of anomalies.filter(({ name }) => name === 'order-cycle')) {
        const context = `seed ${seed}: ${JSON.stringify(cycle)}`;
        expect(cycle.length, context).toBeGreaterThan(1);
        cycles++;
        for (const [at, { from, to, kind, via = [to] }] of cycle.entries()) {
          expect(kind).toBe('version');
          expect(to, context).toBe(cycle[(at + 1) % cycle.length]?.from);
          expect(
            via.flatMap((one) => neighbours(of(one))),
            context,
          ).toContain(`${elementOf(from)} ${elementOf(to)}`);
        }
      }
    }
    expect(cycles).toBeGreaterThan(250);
  });
});
