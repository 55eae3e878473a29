/** The verdict on one model of a datatype. */
import { ArgumentError } from './argument-error.ts';
import type { Checker, Verdict } from './checker.ts';
import type { Assumptions, Datatype } from './datatypes/datatype.ts';
import { weakerOf } from './datatypes/lookup.ts';
import { withArticle } from './explain/grammar.ts';
import type { History } from './history.ts';

const NO_REAL_TIME =
  'it needs real time, and this history does not tell when operations of different processes began and ended';

/**
 * Returns what tells the verdict of each model's own test, for one judgement: what all of them need is found out
 * once. Where the history has no real time, a model that needs it has no test.
 */
export function testsOf(history: History, datatype: Datatype, assumptions: Assumptions): (model: string) => Verdict {
  let analysis: ((model: string) => Verdict) | undefined;
  return (model) => {
    if (!history.realTime && datatype.realTime.includes(model)) return { type: 'unknown', reason: NO_REAL_TIME };
    const checker = checkerOf(datatype, model, assumptions);
    if (!datatype.analysis) return checker.check(history);
    analysis ??= datatype.analysis(history, assumptions);
    return analysis(model);
  };
}

function checkerOf(datatype: Datatype, model: string, assumptions: Assumptions): Checker {
  const make = datatype.models[model];
  if (!make) throw new ArgumentError(`${withArticle(datatype.name)} is not judged against "${model}"`);
  return make(assumptions);
}

/**
 * By the model's own test or else, as where all are judged, by a weaker model that does not hold
 * or a stronger one that does. Where the history has no real time, a model that needs it has no test.
 */
export function checkModel(history: History, datatype: Datatype, model: string, options: Assumptions): Verdict {
  const check = testsOf(history, datatype, options);
  const own = check(model);
  if (own.type !== 'unknown') return own;
  const others = Object.keys(datatype.models).filter((name) => name !== model);
  for (const weaker of others.filter((name) => weakerOf(datatype, model).includes(name))) {
    const verdict = check(weaker);
    if (verdict.type === 'invalid') return verdict;
  }
  const holds = others.some((name) => weakerOf(datatype, name).includes(model) && check(name).type === 'valid');
  return holds ? { type: 'valid' } : own;
}
