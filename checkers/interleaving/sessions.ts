/**
 * A history as sessions over objects, with operations and states
 * as numbers: what the search for an interleaving works on.
 */
import { type Api, type Columns, INFO } from '../history.ts';
import { modelProblem } from '../linearizable/problems.ts';
import type { Problem } from '../linearizable/search-problem.ts';
import type { Model } from '../model.ts';
import { sessionNumbers } from '../session-numbers.ts';

/** Operations are named by their places in `problem`, which is that of all objects together. */
export interface Sessions {
  readonly problem: Problem;
  /** The operations of each session in their order. Only the last one can have no completion. */
  readonly operations: readonly Int32Array[];
  /** The object of each operation. */
  readonly object: Int32Array;
  readonly objects: number;
  /** 1 for an operation that never returned, and may be left out. */
  readonly optional: Uint8Array;
}

/**
 * The sessions of these rows of a history, which are in the order of their starts. A process that continues after
 * an operation that never returned is a new session: that operation may take effect after those that follow it.
 */
export function sessionsOf<A extends Api, S>(
  columns: Columns,
  rows: readonly number[],
  model: Model<A, S>,
  initial: unknown,
): Sessions {
  const problem = modelProblem(columns, rows, model, initial);
  const session = sessionNumbers(columns);
  const operations = new Map<number, number[]>();
  const numbers = new Map<number, number>();
  const object = new Int32Array(problem.length);
  for (let i = 0; i < problem.length; i++) {
    const row = problem.row[i];
    const own = operations.get(session[row]) ?? [];
    operations.set(session[row], own);
    own.push(i);
    const key = columns.key[row];
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    object[i] = numbers.get(key) as number;
  }
  return {
    problem,
    operations: [...operations.values()].map((own) => Int32Array.from(own)),
    object,
    objects: numbers.size,
    optional: Uint8Array.from(problem.row, (row) => (columns.type[row] === INFO ? 1 : 0)),
  };
}
