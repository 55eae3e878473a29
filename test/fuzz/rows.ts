/** Rows read by predicate beside Adya's graphs of every order of versions and every choice of what was seen. */
import { analyseRows, rowRules } from 'elle-ts';
import { chance } from '../checkers/oracle/chance.ts';
import { rowModelsThatHold } from '../checkers/transactions/row-definitions.ts';
import { rowHistory } from '../checkers/transactions/row-histories.ts';
import type { Subject } from './subject.ts';

const MODELS = Object.keys(rowRules);

export const rows: Subject = {
  name: 'rows read by predicate',
  draw: (seed) => rowHistory(chance(seed), 3 + (seed % 2), { repeats: seed % 4 === 0, mops: 3 }),
  judge(history) {
    const verdict = analyseRows(history);
    return Object.fromEntries(MODELS.map((model) => [model, verdict(model)]));
  },
  truth(history) {
    const held = rowModelsThatHold(history);
    return held ? Object.fromEntries(MODELS.map((model) => [model, held.has(model)])) : {};
  },
};
