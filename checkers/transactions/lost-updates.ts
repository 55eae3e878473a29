/**
 * Lost updates: two transactions that read the same version of a key and then both wrote the key, so that each missed the
 * other's update. Needs no order of versions; linear.
 */
import { OK } from '../history.ts';
import { COMMITTED, type Finding, READ, show, type Transactions, WRITE } from './transactions-of.ts';

/** Reports each transaction that updates a version which another had updated before. */
export function lostUpdates(txns: Transactions, report: (finding: Finding) => void): void {
  const { effect, key, version, first, status, history } = txns;
  const { start, type } = history.columns;
  const updater = new Int32Array(txns.versions).fill(-1);
  const seen = new Int32Array(txns.keys.length).fill(-1);
  for (let row = 0; row < txns.rows; row++) {
    if (status[row] !== COMMITTED || type[row] !== OK) continue;
    for (let place = first[row]; place < first[row + 1]; place++) {
      const before = seen[key[place]];
      if (before < first[row]) seen[key[place]] = place;
      else if (effect[place] === WRITE && effect[before] === READ && version[before] >= 0) {
        const other = updater[version[before]];
        updater[version[before]] = row;
        if (other >= 0 && other !== row) report(finding(show(txns.keys[key[place]]), [other, row], start));
      }
    }
  }
}

function finding(key: string, rows: readonly [number, number], start: Int32Array): Finding {
  return {
    name: 'lost-update',
    message: `two transactions read the same version of ${key} and both wrote ${key}`,
    steps: rows.map((row) => `operation ${start[row]} read ${key} as the other did, and then wrote it`),
    rows,
  };
}
