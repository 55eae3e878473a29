/**
 * Lost updates: two transactions that read the same version of a key and then both wrote
 * the key, so that each missed the other's update. Needs no order of versions; linear.
 */
import { OK } from '../history.ts';
import {
  COMMITTED,
  type FindingEdge,
  READ,
  show,
  type TransactionFinding,
  type Transactions,
  WRITE,
} from './transactions-of.ts';

/**
 * Reports each transaction that updates a version which another had updated before. For lists,
 * `strays` are the reads of which it is not known what they missed. For registers the writer of the
 * version is a part of the proof: equal values alone do not show that the versions are the same.
 */
export function lostUpdates(
  txns: Transactions,
  report: (finding: TransactionFinding) => void,
  strays: ReadonlySet<number> | null,
): void {
  const { effect, key, version, first, status, history } = txns;
  const { type } = history.columns;
  const updater = new Int32Array(txns.versions).fill(-1);
  // A transaction that read what it only wrote later has lost no update of another.
  const isUpdated = (read: number, row: number): boolean =>
    effect[read] === READ && version[read] >= 0 && txns.writer[version[read]] !== row && !strays?.has(read);
  const seen = new Int32Array(txns.keys.length).fill(-1);
  for (let row = 0; row < txns.rows; row++) {
    if (status[row] !== COMMITTED || type[row] !== OK) continue;
    for (let place = first[row]; place < first[row + 1]; place++) {
      const before = seen[key[place]];
      if (before < first[row]) seen[key[place]] = place;
      else if (effect[place] === WRITE && isUpdated(before, row)) {
        const other = updater[version[before]];
        updater[version[before]] = row;
        if (other >= 0 && other !== row) report(finding(txns, version[before], [other, row], strays === null));
      }
    }
  }
}

function finding(
  txns: Transactions,
  version: number,
  rows: readonly [number, number],
  withAuthor: boolean,
): TransactionFinding {
  const { start } = txns.history.columns;
  const key = show(txns.keys[txns.versionKey[version]]);
  const author = withAuthor ? txns.writer[version] : -1;
  const edge = (from: number, to: number): FindingEdge => ({
    from,
    to,
    kind: 'rw',
    key,
    why: `operation ${start[from]} read ${key} as operation ${start[to]} did, and did not see what that one wrote`,
    via: author >= 0 ? [author] : [],
  });
  const [one, other] = rows;
  return {
    name: 'lost-update',
    message: `two transactions read the same version of ${key} and both wrote ${key}`,
    steps: rows.map((row) => `operation ${start[row]} read ${key} as the other did, and then wrote it`),
    rows,
    about: withAuthor ? [version] : [],
    cycle: [edge(one, other), edge(other, one)],
  };
}
