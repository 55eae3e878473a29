import { type Datatype, datatypes, type History, impliedModels, judge, lattice } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { chance } from './oracle/chance.ts';
import { historyOfType } from './oracle/every-datatype.ts';

/** How many verdicts are compared for each datatype: histories times models. */
const VERDICTS = 1_000;

type Said = Readonly<Record<string, boolean | 'unknown' | undefined>>;

/** An implication that no table states: a set that shows every element at the right time loses none. */
const ALSO: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  set: { linearizable: ['set'] },
  'set-full': { linearizable: ['set-full'] },
};

/** For each model of the datatype, those of it that are weaker. */
function weakerOf({ name: type, models, implies }: Datatype): [model: string, weaker: string[]][] {
  const names = Object.keys(models);
  return names.map((name) => {
    const known = Object.hasOwn(lattice.implies, name) ? impliedModels([name], lattice) : [];
    const all = [...known, ...(implies?.[name] ?? []), ...(ALSO[type]?.[name] ?? [])];
    return [name, all.filter((other) => other !== name && names.includes(other))];
  });
}

/** Pairs of which the stronger holds and the weaker does not. */
function contradictions(said: Said, weaker: readonly [string, readonly string[]][]): string[] {
  return weaker.flatMap(([model, less]) =>
    less
      .filter((one) => said[model] === true && said[one] === false)
      .map((one) => `${model} holds, and ${one} does not`),
  );
}

function eachAlone(history: History, { name: type, models }: Datatype): Said {
  return Object.fromEntries(Object.keys(models).map((model) => [model, judge(history, { type, model }).valid]));
}

describe('a model that holds where a weaker one does not', () => {
  for (const datatype of datatypes.filter(({ models }) => Object.keys(models).length > 1)) {
    const models = Object.keys(datatype.models);
    const weaker = weakerOf(datatype);
    it(`does not exist among the ${models.length} of ${datatype.name}`, () => {
      const count = { true: 0, false: 0, unknown: 0 };
      for (let seed = 0; seed * models.length < VERDICTS; seed++) {
        const history = historyOfType(chance(seed), datatype.name);
        const alone = eachAlone(history, datatype);
        const together: Said = judge(history, { type: datatype.name }).models;
        const different = models.filter((model) => alone[model] === !together[model]);
        const wrong = [...contradictions(alone, weaker), ...contradictions(together, weaker), ...different];
        if (wrong.length > 0) expect.fail(`seed ${seed}: ${wrong.join(', ')}: ${JSON.stringify([...history])}`);
        for (const said of Object.values(alone)) count[`${said as boolean}`]++;
      }
      expect(Math.min(count.true, count.false)).toBeGreaterThan(5);
    });
  }
});
