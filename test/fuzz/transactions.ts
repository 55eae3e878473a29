/** Transactions over lists and over registers: every model that has a definition that can be tried on a handful of them. */
import { analyse } from 'elle-ts';
import { definitions, modelsThatHold, oddities } from '../checkers/transactions/definitions.ts';
import { randomHistory } from '../checkers/transactions/random-transactions.ts';
import type { Subject } from './subject.ts';

function subjectOf(name: string, lists: boolean, mops: number): Subject {
  const shape = { lists, txns: 4, keys: 2, mops, processes: 3 };
  return {
    name,
    draw: (seed) => randomHistory(seed, shape),
    judge: (history) => {
      const analysis = analyse(history, { certificate: true });
      return Object.fromEntries(Object.keys(definitions).map((model) => [model, analysis.verdict(model)]));
    },
    truth: (history) => {
      const odd = oddities(history);
      const hold = modelsThatHold(history);
      const defined = Object.entries(definitions).filter(
        ([, { internal, committed }]) => (internal || !odd.has('internal')) && (committed || !odd.has('incompatible')),
      );
      return Object.fromEntries(defined.map(([model]) => [model, hold.has(model)]));
    },
  };
}

export const transactions: readonly Subject[] = [
  subjectOf('transactions over lists', true, 3),
  subjectOf('transactions over registers', false, 4),
];
