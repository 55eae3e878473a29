import { analyse, type History, transactional, type Verdict } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { definitions, modelsThatHold, oddities } from './definitions.ts';
import { randomHistory, type Shape } from './random-transactions.ts';

const shape: Shape = { lists: true, txns: 4, keys: 2, mops: 3, processes: 3 };

function print(history: History): string {
  return [...history]
    .map(
      (o) =>
        `${o.process} [${o.start},${o.end}] ${o.outcome.type} ${JSON.stringify(o.outcome.type === 'ok' ? o.outcome.output : o.input)}`,
    )
    .join('\n');
}

/** Judges one history in every model and compares with the definitions; answers what was judged. */
function compare(seed: number, history: History): Verdict['type'][] {
  const analysis = analyse(history);
  const odd = oddities(history);
  const models = modelsThatHold(history);
  return Object.entries(definitions).map(([model, definition]) => {
    const undefinedHere =
      (!definition.internal && odd.has('internal')) || (!definition.committed && odd.has('incompatible'));
    const verdict = analysis.verdict(model);
    if (verdict.type === 'unknown' || undefinedHere) return 'unknown';
    const expected = models.has(model) ? 'valid' : 'invalid';
    if (verdict.type !== expected)
      expect.fail(`${model}, seed ${seed}: ${JSON.stringify(verdict)}, but it is ${expected}\n${print(history)}`);
    return expected;
  });
}

describe('transactions over lists', () => {
  it('have the models that their definitions give them', () => {
    for (let seed = 0; seed < 2200; seed++) compare(seed, randomHistory(seed, shape));
  });

  it('are refused under a name that is no model', () => {
    expect(() => transactional('serialisable')).toThrow(RangeError);
  });
});
