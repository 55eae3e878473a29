/** Who touches each key: what must be looked at again where transactions have changed their places. */
import type { OrderProblem } from './problem.ts';

/** Moments of a key as compressed rows: a write as its number, a read of write w as `-1 - place in the readers`. */
export interface Accesses {
  readonly offset: Int32Array;
  readonly of: Int32Array;
}

/** The accesses of each key. */
export function accessesOf({ graph, key }: OrderProblem): Accesses {
  const { writes } = graph;
  const offset = new Int32Array(writes.keys + 1);
  for (let w = 0; w < writes.count; w++) offset[key[w] + 1] += 1 + writes.offset[w + 1] - writes.offset[w];
  for (let k = 0; k < writes.keys; k++) offset[k + 1] += offset[k];
  const next = offset.slice();
  const of = new Int32Array(offset[writes.keys]);
  for (let w = 0; w < writes.count; w++) {
    of[next[key[w]]++] = w;
    for (let i = writes.offset[w]; i < writes.offset[w + 1]; i++) of[next[key[w]]++] = -1 - i;
  }
  return { offset, of };
}
