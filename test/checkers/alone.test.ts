/** A model that is judged alone has the verdict that it has where all models are judged. */
import { datatypes, type History, historyOf, type Judgement, judge, type Operation } from 'elle-ts';
import { expect, test } from 'vitest';
import { objects } from '../fuzz/objects.ts';
import { registers } from '../fuzz/registers.ts';
import { drawOperations } from './datatypes/drawn-calls.ts';
import { randomHistory } from './transactions/random-transactions.ts';

const modelsOf = (type: string): string[] => Object.keys(datatypes.find(({ name }) => name === type)?.models ?? {});

/** Compares all models of one history; returns what is said where all are judged. */
function compare(
  seed: number,
  history: History,
  options: { readonly type: string; readonly budget?: number },
): Judgement {
  const all = judge(history, options);
  const alone = modelsOf(options.type).map((model) => [model, judge(history, { ...options, model }).valid]);
  if (JSON.stringify(Object.fromEntries(alone)) !== JSON.stringify(all.models))
    expect.fail(
      `seed ${seed}, ${JSON.stringify(options)}: together ${JSON.stringify(all.models)}, alone ${JSON.stringify(alone)}`,
    );
  return all;
}

/** Written values repeat: it is found out by search whose writes were read. */
function repeating(history: History): History {
  const mops = (json: unknown): unknown =>
    Array.isArray(json) ? json.map(([f, k, v]) => [f, k, typeof v === 'number' ? v % 4 : v]) : json;
  return historyOf(
    [...history].map((operation) => {
      const { input, outcome } = operation as unknown as { input: unknown; outcome: { type: string; output: unknown } };
      const told = outcome.type === 'ok' ? { ...outcome, output: mops(outcome.output) } : outcome;
      return { ...operation, input: mops(input), outcome: told } as unknown as Operation;
    }),
  );
}

/** A process begins a transaction before its last has ended: its order means nothing. */
function overlapping(history: History): History {
  return historyOf([...history].map((operation) => ({ ...operation, process: operation.process % 2 })));
}

test.each(['list-append', 'rw-register'])('%s: every model alone as together', (type) => {
  const undecided = { searched: 0, repeated: 0, overlapping: 0 };
  for (let seed = 0; seed < 100; seed++) {
    const history = randomHistory(seed, {
      lists: type === 'list-append',
      txns: 6,
      keys: 1 + (seed % 2),
      mops: 3,
      processes: 3,
    });
    const unknown = ({ models }: Judgement): number => (Object.values(models).includes('unknown') ? 1 : 0);
    compare(seed, seed % 2 === 0 ? history : historyOf([...history], { realTime: false }), { type });
    undecided.searched += unknown(compare(seed, history, { type, budget: [1, 30, 200][seed % 3] as number }));
    undecided.overlapping += unknown(compare(seed, overlapping(history), { type }));
    if (type === 'rw-register') undecided.repeated += unknown(compare(seed, repeating(history), { type }));
  }
  // Models are unknown only where the steps do not suffice or a process means nothing.
  expect(undecided.searched).toBeGreaterThan(1);
  expect(undecided.overlapping).toBeGreaterThan(1);
  expect(undecided.repeated).toBe(0);
});

test.each(datatypes.map(({ name }) => name))('%s: every model alone as together, of calls drawn at random', (type) => {
  let models = 0;
  for (let seed = 0; seed < 40; seed++) {
    const history = historyOf(drawOperations(seed, type, 8) as unknown as Operation[], { realTime: seed % 4 > 0 });
    models += Object.keys(compare(seed, history, { type, budget: 20_000 }).models).length;
    if (seed % 4 === 0) compare(seed, history, { type, budget: 5 });
  }
  expect(models).toBeGreaterThanOrEqual(40);
});

test.each([...registers, ...objects])('$name: every model alone as together', (subject) => {
  let models = 0;
  for (let seed = 0; seed < 25; seed++) {
    const history = subject.draw(seed);
    const type = subject.name.startsWith('cache') ? 'cache' : judge(history).type;
    for (const options of [{ type }, { type, budget: 5 }])
      models += Object.keys(compare(seed, history, options).models).length;
  }
  expect(models).toBeGreaterThan(45);
});
