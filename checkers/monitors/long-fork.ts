/**
 * Long forks: two reads that saw two writes in opposite orders. Parallel snapshot isolation permits them, snapshot
 * isolation does not. Sovran, Power, Aguilera and Li, "Transactional storage for geo-replicated systems", SOSP 2011.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import { anomaly, say, short, verdictOf } from './findings.ts';
import { identity } from './identity.ts';

type Mop = readonly [f: 'r' | 'w', key: string | number, value: unknown];

/** Registers that are written once each, and read in groups. Inputs and outputs are lists of micro-operations. */
export type ForkRegisters = {
  read(mops: readonly Mop[]): readonly Mop[];
  write(mops: readonly Mop[]): readonly Mop[];
  txn(mops: readonly Mop[]): readonly Mop[];
};

/**
 * Whether no two reads order two writes differently. Unknown where a key takes
 * two values: then no read tells which came first. O(n g^2) for reads of g keys.
 */
export function longFork(): Checker<ForkRegisters> {
  return {
    name: 'long-fork',
    check({ columns }) {
      const twice = writtenTwice(columns);
      if (twice) return { type: 'unknown', reason: twice };
      return verdictOf(forks(columns));
    },
  };
}

function forks(columns: Columns): readonly Anomaly[] {
  const seen = new Map<string, number>();
  const told = new Set<string>();
  const anomalies: Anomaly[] = [];
  for (const { row, mops } of readsOf(columns)) {
    const { present, absent } = seenBy(mops);
    for (const one of present) {
      for (const two of absent) {
        const pair = JSON.stringify([one, two]);
        if (!seen.has(pair)) seen.set(pair, row);
        const other = seen.get(JSON.stringify([two, one]));
        if (other === undefined || told.has(pair)) continue;
        told.add(pair).add(JSON.stringify([two, one]));
        const message = `One read saw the write of ${short(two)} and not that of ${short(one)}, another the other way round.`;
        anomalies.push(anomaly(columns, 'long-fork', message, [other, row], [say(columns, other), say(columns, row)]));
      }
    }
  }
  return anomalies;
}

/**
 * The keys that a read shows written, and those that it shows unwritten. A key that it names twice
 * and shows both ways is in neither: that is a read that could not be repeated, and forks nothing.
 */
function seenBy(mops: readonly Mop[]): { readonly present: readonly Mop[1][]; readonly absent: readonly Mop[1][] } {
  const present: Mop[1][] = [];
  const absent: Mop[1][] = [];
  // Reads name a few keys, so that looking through them is faster than a map of them.
  for (let i = 0; i < mops.length; i++) {
    const [, key, value] = mops[i];
    const name = identity(key);
    const otherwise = (mop: Mop, at: number): boolean =>
      at !== i && identity(mop[1]) === name && ((mop[2] === null) !== (value === null) || at < i);
    if (!mops.some(otherwise)) (value === null ? absent : present).push(key);
  }
  return { present, absent };
}

/**
 * The `ok` operations' reads of what others wrote: what a transaction wrote itself it sees before anybody else does.
 */
function* readsOf(columns: Columns): Generator<{ row: number; mops: readonly Mop[] }> {
  for (let row = 0; row < columns.length; row++) {
    if (columns.type[row] !== OK || !Array.isArray(columns.output[row])) continue;
    const all = columns.output[row] as readonly Mop[];
    const own = new Set(all.filter(([f]) => f === 'w').map(([, key]) => identity(key)));
    const mops = all.filter(([f, key]) => f === 'r' && !own.has(identity(key)));
    if (mops.length > 0) yield { row, mops };
  }
}

function writtenTwice(columns: Columns): string | undefined {
  const values = new Map<unknown, unknown>();
  const unsupported = (key: unknown, value: unknown): boolean => {
    const before = values.get(identity(key));
    if (before === undefined) values.set(identity(key), identity(value));
    return before !== undefined && before !== identity(value);
  };
  const written = new Set<unknown>();
  for (let row = 0; row < columns.length; row++) {
    if (columns.type[row] === FAIL || !Array.isArray(columns.input[row])) continue;
    for (const [f, key, value] of columns.input[row] as readonly Mop[]) {
      if (f !== 'w') continue;
      if (written.has(identity(key))) return `key ${short(key)} was written twice`;
      written.add(identity(key));
      unsupported(key, value);
    }
  }
  for (const { mops } of readsOf(columns)) {
    const mop = mops.find(([, key, value]) => value !== null && unsupported(key, value));
    if (mop) return `key ${short(mop[1])} has more than one value`;
  }
  return undefined;
}
