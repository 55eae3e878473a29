/**
 * Whether runs of letters that two people typed at one place at the same time stand one after the other, or mixed.
 *
 * @see Kleppmann, Gomes, Mulligan & Beresford, "Interleaving anomalies in collaborative text editors", PaPoC 2019:
 * a property beyond the strong list specification, which many algorithms for lists do not have.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL } from '../history.ts';
import { anomaly, say, short, verdictOf } from '../monitors/findings.ts';
import { identity } from '../monitors/identity.ts';
import { rowsByKey } from '../monitors/timeline.ts';
import type { ReplicatedList } from './list.ts';
import { contentOf, inserted } from './list-order.ts';

/** Where an element belongs: its run, and the element after which that was put. */
interface Run {
  readonly row: number;
  readonly after: unknown;
}

/**
 * That no read shows an element of one run between two of another, where both were put after the same element in one
 * call each, `insert({ values })`, and by different processes. Who puts something into a run that he saw names one of
 * its elements, and mixes nothing. O(total length of the reads).
 */
export function mixedRuns(): Checker<ReplicatedList> {
  return {
    name: 'unmixed-runs',
    check: ({ columns }) => verdictOf(rowsByKey(columns).flatMap((rows) => mixedOf(columns, rows))),
  };
}

function mixedOf(columns: Columns, rows: readonly number[]): readonly Anomaly[] {
  const runs = new Map<unknown, Run>();
  for (const row of rows) {
    if (columns.fNames[columns.f[row]] !== 'insert' || columns.type[row] === FAIL) continue;
    const elements = inserted(columns, row);
    const run = { row, after: identity(elements[0]?.after ?? null) };
    for (const { value } of elements) runs.set(identity(value), run);
  }
  for (const row of rows) {
    if (columns.fNames[columns.f[row]] !== 'read') continue;
    const mixed = firstMixed(columns, contentOf(columns, row), runs);
    if (!mixed) continue;
    const [outer, inner, element] = mixed;
    const message = `${short(element)} stands between letters of another run that was typed at the same place.`;
    const named = [outer.row, inner.row, row];
    return [
      anomaly(
        columns,
        'mixed-runs',
        message,
        named,
        named.map((one) => say(columns, one)),
      ),
    ];
  }
  return [];
}

/** A run, another that was put at the same place, and an element of this that stands between two of the former. */
function firstMixed(
  columns: Columns,
  content: readonly unknown[],
  runs: ReadonlyMap<unknown, Run>,
): readonly [Run, Run, unknown] | undefined {
  const ends = new Map<Run, number>();
  for (const [at, element] of content.entries()) {
    const run = runs.get(identity(element));
    if (run) ends.set(run, at);
  }
  const open = new Map<unknown, Set<Run>>();
  for (const [at, element] of content.entries()) {
    const run = runs.get(identity(element));
    if (!run) continue;
    const there = open.get(run.after) ?? new Set();
    open.set(run.after, there);
    const outer = [...there].find(
      (one) => one !== run && columns.process[one.row] !== columns.process[run.row] && (ends.get(one) as number) > at,
    );
    if (outer) return [outer, run, element];
    there.add(run);
  }
  return undefined;
}
