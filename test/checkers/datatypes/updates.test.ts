/** What an update returns is no observation: whatever it is, every engine and model gives the same verdict. */
import { datatypes, type History, historyOf, type Operation } from 'elle-ts';
import { expect, it } from 'vitest';
import { below, type Draw, type Drawn, drawOperations, draws, pick } from './drawn-calls.ts';

const RUNS = 150;

function anyJson(draw: Draw): unknown {
  return pick(draw, [true, false, 0, 1, 7, 'OK', '', null, [], [1, [2]], {}, { ok: 1, token: below(draw, 9) }]);
}

it.each(datatypes.map(({ name }) => name))('of a %s', (type) => {
  const { functions, models } = datatypes.find(({ name }) => name === type)!;
  let replaced = 0;
  for (let seed = 0; seed < RUNS; seed++) {
    const draw = draws(seed + 500);
    const operations = drawOperations(seed, type, 6);
    const others = operations.map((one): Drawn => {
      if (one.outcome.type !== 'ok' || functions[one.f]!.returns) return one;
      replaced++;
      return { ...one, outcome: { type: 'ok', output: anyJson(draw) } };
    });
    // The engines themselves: what a file says is normalised before it comes here, what a program built is not.
    const verdictsOf = (all: readonly Drawn[]): Record<string, string> => {
      const history = historyOf(all as unknown as Operation[]) as History;
      return Object.fromEntries(
        Object.entries(models).map(([name, make]) => [name, make({ budget: 50_000 }).check(history).type]),
      );
    };
    expect(verdictsOf(others), `seed ${seed}`).toEqual(verdictsOf(operations));
  }
  const updates = Object.values(functions).some(({ returns }) => !returns);
  expect(replaced > RUNS / 4).toBe(updates);
});
