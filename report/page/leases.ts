/** Leases among the operations of a story: how long whoever was granted a lock could certainly count on it. */
import type { Run } from './run.ts';
import { durationText } from './time.ts';

/** How long a grant or a renewal certainly lasts: from when it was asked for, by the time that was asked for. */
export interface Lease {
  /** The row of the operation that began it. */
  readonly row: number;
  readonly process: number;
  readonly key: string | undefined;
  readonly fromNs: number;
  readonly toNs: number;
  /** It ran out, and was not given back before. */
  readonly ranOut: boolean;
}

/** The leases that these operations were granted. Linear in the run where there is any. */
export function leasesOf(run: Run, rows: readonly number[]): readonly Lease[] {
  const { ops } = run;
  return rows.flatMap((row): Lease[] => {
    const ttlMs = ops.outcome(row) === 'ok' ? ttlOf(ops.input(row)) : undefined;
    if (ttlMs === undefined) return [];
    const fromNs = ops.columns.startNs[row]!;
    const ends = fromNs + ttlMs * 1e6;
    const released = releaseAfter(run, row, ends);
    const toNs = released ?? ends;
    return [
      { row, process: ops.columns.process[row]!, key: ops.key(row), fromNs, toNs, ranOut: released === undefined },
    ];
  });
}

/** When the same process began to give it back, before it ran out. */
function releaseAfter({ ops }: Run, row: number, ends: number): number | undefined {
  const { process, key, startNs } = ops.columns;
  for (let next = row + 1; next < ops.length && startNs[next]! < ends; next++) {
    if (process[next] === process[row] && key[next] === key[row] && ops.f(next) === 'release') return startNs[next]!;
  }
  return undefined;
}

function ttlOf(input: string): number | undefined {
  const found = /"ttlMs":(\d+(?:\.\d+)?)/.exec(input)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** How each lease stands to the one before it, of another holder of the same lock, in words. */
export function leaseTexts(leases: readonly Lease[]): readonly string[] {
  return leases.flatMap((lease, at) => {
    const before = leases.slice(0, at).findLast(({ key, process }) => key === lease.key && process !== lease.process);
    if (!before) return [];
    const gap = lease.fromNs - before.toNs;
    const [holder, other] = [`p${lease.process}`, `p${before.process}`];
    if (gap < 0)
      return [`${holder} was granted the lock ${durationText(-gap)} before the lease of ${other} had ended.`];
    const ended = before.ranOut ? 'had run out' : 'had been given back';
    return [`${holder} was granted the lock ${durationText(gap)} after the lease of ${other} ${ended}.`];
  });
}
