/**
 * What the weak models conclude about the order of two transactions where a third saw the one and read from the other.
 */
import { type EdgeList, SEEN } from './edges.ts';
import { COMMITTED, INITIAL, type Transactions } from './transactions-of.ts';

/**
 * A violation that needs no search for a cycle: `reader` saw `seen`,
 * which writes a key of which `reader` read the initial version.
 */
export interface InitialReadViolation {
  readonly reader: number;
  readonly seen: number;
  readonly version: number;
}

/** Constraints as edges from t2 to t1, with the version that t3 read and t3 itself. */
export interface Constraints {
  readonly edges: EdgeList;
  readonly violations: InitialReadViolation[];
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
  if (from === INITIAL) constraints.violations.push({ reader, seen, version });
  else if (from >= 0 && from !== seen && txns.status[from] === COMMITTED)
    constraints.edges.add(seen, from, SEEN, version, reader);
}
