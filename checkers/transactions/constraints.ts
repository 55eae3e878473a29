/** What the weak models say of the order of two transactions, because a third saw the one and read from the other. */
import { type EdgeList, SEEN } from './edges.ts';
import { COMMITTED, INITIAL, type Transactions } from './transactions-of.ts';

/** A violation that needs no search for a cycle: `reader` saw `seen`, which writes a key that `reader` found as it was in the beginning. */
export interface Overlook {
  readonly reader: number;
  readonly seen: number;
  readonly version: number;
}

/** Constraints as edges from t2 to t1, with the version that t3 read and t3 itself. */
export interface Constraints {
  readonly edges: EdgeList;
  readonly overlooked: Overlook[];
}

/** Adds what follows from `reader` having seen `seen` and read `version`. */
export function constrain(
  txns: Transactions,
  constraints: Constraints,
  seen: number,
  reader: number,
  version: number,
): void {
  const from = txns.writer[version];
  if (from === INITIAL) constraints.overlooked.push({ reader, seen, version });
  else if (from >= 0 && from !== seen && txns.status[from] === COMMITTED)
    constraints.edges.add(seen, from, SEEN, version, reader);
}
