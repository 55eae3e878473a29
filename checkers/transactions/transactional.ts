/**
 * Checkers of transactions: one for each consistency model, and one that places a history on the lattice of all of them.
 */
import type { Checker, Verdict } from '../checker.ts';
import type { History } from '../history.ts';
import { Analysis } from './analysis.ts';
import { modelName } from './boundary.ts';
import { lattice } from './lattice.ts';
import { listsOf } from './list-append.ts';
import { listEdges } from './list-edges.ts';

/** Analyses a history of transactions once, for any number of questions. */
export function analyse(history: History): Analysis {
  const txns = listsOf(history);
  const { edges, unread } = listEdges(txns);
  const open = [...unread.values()].some((versions) => versions.length > 1);
  return new Analysis({ txns, edges, open, lists: true });
}

/**
 * Whether transactions keep the promise of a consistency model, from `read-uncommitted` to `strict-serializable`; the names
 * are those of the lattice, and Adya's. Throws a `RangeError` for a name that is none.
 *
 * Method: version orders from what was read, dependencies as a graph, and the model's own test on it (Adya 1999; Kingsbury,
 * Alvaro 2021). Exact for lists, whose reads show the order of versions. Linear in the micro-operations and the lengths of
 * the lists read.
 */
export function transactional(model: string): Checker {
  const name = modelName(model, lattice);
  return { name, check: (history: History): Verdict => analyse(history).verdict(name) };
}
