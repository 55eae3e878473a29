/**
 * What may be assumed of the versions of registers, by its definition: every pair, and what
 * follows from all of them. Nothing is left out because it follows from something else.
 */
import type { Txn } from './definitions.ts';

/**
 * A transaction's external accesses to a key: the value it found, or else the one it left, and the one it left at last.
 */
interface Touch {
  readonly txn: Txn;
  readonly first: unknown;
  readonly last: unknown;
}

export interface Assumption {
  readonly linearizableKeys?: boolean;
  readonly sequentialKeys?: boolean;
  readonly wfrKeys?: boolean;
}

const write = (txn: Txn, key: string): unknown => txn.mops.findLast(([f, k]) => f === 'w' && k === key)?.[2];

function touchOf(txn: Txn, key: string): Touch | null {
  const mine = txn.mops.filter(([f, k]) => k === key && (f === 'w' || txn.type === 'ok'));
  const [mop] = mine;
  if (!mop) return null;
  const written = write(txn, key);
  const first = mop[0] === 'r' ? (mop[2] ?? null) : written;
  return { txn, first, last: written ?? first };
}

/** What touched the key in this order touched its versions in this order. */
function follows(a: Touch, b: Touch, assume: Assumption): boolean {
  if (assume.sequentialKeys && a.txn.session === b.txn.session && a.txn.start < b.txn.start) return true;
  return assume.linearizableKeys === true && a.txn.end < b.txn.start;
}

/**
 * Pairs of values of one key: certain order of versions, or one that goes by what the writer of the second had read.
 */
function pairsOf(touches: readonly Touch[], assume: Assumption): Record<'order' | 'read', [unknown, unknown][]> {
  const order: [unknown, unknown][] = [];
  for (const a of touches)
    for (const b of touches)
      if (follows(a, b, assume))
        for (const before of [a.first, a.last]) order.push([before, b.first], [before, b.last]);
  for (const { first, last } of touches) order.push([null, first], [null, last]);
  const read = touches.map(({ first, last }): [unknown, unknown] => [first, last]);
  return assume.wfrKeys ? { order: [...order, ...read], read: [] } : { order, read };
}

/** The closure of a relation, without what is of one value with itself. */
export function closure(pairs: readonly (readonly [unknown, unknown])[]): Map<unknown, Set<unknown>> {
  const after = new Map<unknown, Set<unknown>>();
  for (const [a, b] of pairs) if (a !== b) after.set(a, (after.get(a) ?? new Set()).add(b));
  for (const set of after.values()) for (const b of set) for (const c of after.get(b) ?? []) set.add(c);
  return after;
}

/** The order of writes that an assumption gives; null where versions would come before themselves. */
export function assumedVersions(assume: Assumption) {
  return (txns: readonly Txn[], all: readonly Txn[]): [number, number][] | null => {
    const out: [number, number][] = [];
    if (!Object.values(assume).includes(true)) return out;
    for (const key of new Set(all.flatMap((txn) => txn.mops.map(([, k]) => k)))) {
      const touches = txns.flatMap((txn) => touchOf(txn, key) ?? []);
      const { order, read } = pairsOf(touches, assume);
      for (const [value, later] of closure([...order, ...read])) if (later.has(value)) return null;
      const after = closure(order);
      txns.forEach((a, i) => {
        txns.forEach((b, j) => {
          const wrote = (txn: Txn): unknown[] => txn.mops.flatMap(([f, k, v]) => (f === 'w' && k === key ? [v] : []));
          if (i !== j && wrote(a).some((v) => wrote(b).some((w) => after.get(v)?.has(w)))) out.push([i, j]);
        });
      });
    }
    return out;
  };
}
