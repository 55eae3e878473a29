/** Whether replicas agree: in the end, and whenever they have seen the same. Shapiro et al., "Conflict-free replicated data types", SSS 2011. */
import type { Anomaly, Checker, Verdict } from '../checker.ts';
import { worst } from '../checker.ts';
import { type Api, type Columns, type History, OK } from '../history.ts';
import { anomaly, ofKey, say, short, verdictOf } from '../monitors/findings.ts';
import { canonical } from '../monitors/identity.ts';
import { rowsByKey } from '../monitors/timeline.ts';
import { finalRows, lastReads, shown, versionOf } from './final-reads.ts';
import { shrunkVersions } from './growth.ts';

/** What makes two values of a datatype the same. */
export interface Sameness {
  /** The names of the datatype's read operations; `read`, unless said otherwise. */
  readonly reads?: readonly string[];
  /** Whether the values are lists whose order means nothing. */
  readonly unordered?: boolean;
}

/**
 * Whether the last final reads of all replicas are equal. That is a claim of liveness: `diverged` says that they had not
 * converged by the end of the run, not that they never would. Unknown where some replica was not read in the end. O(n).
 */
export function convergence(options: Sameness = {}): Checker {
  return { name: 'convergence', check: (history) => converged(history, options) };
}

/**
 * Whether reads that name the same version, as outputs `{ value, version }` do, show the same value, at any time: strong convergence. Unknown where
 * no two reads name the same version. O(n).
 */
export function strongConvergence(options: Sameness = {}): Checker {
  return {
    name: 'strong-convergence',
    check(history) {
      const { anomalies, compared } = sameVersions(history, options);
      if (anomalies.length > 0 || compared > 0) return verdictOf(anomalies);
      return { type: 'unknown', reason: 'no two reads name the same version' };
    },
  };
}

/** The verdict of `convergence`, for the checkers of single datatypes. */
function converged<A extends Api>(history: History<A>, options: Sameness): Verdict {
  const reads = options.reads ?? ['read'];
  const { columns } = history;
  const verdicts = lastReads(history, reads).map(({ key, rows }): Verdict => {
    const [first] = rows;
    if (first === undefined) return { type: 'unknown', reason: `nothing was finally read${ofKey(key)}` };
    const other = rows.find((row) => text(columns, row, options) !== text(columns, first, options));
    if (other !== undefined) return verdictOf([parted(columns, first, other, key)]);
    const unread = columns.nodeNames.find((_, node) => rows.every((row) => columns.node[row] !== node));
    if (unread !== undefined && columns.node[first] >= 0) {
      return { type: 'unknown', reason: `the replica ${unread} was not finally read${ofKey(key)}` };
    }
    return { type: 'valid' };
  });
  return worst([...verdicts, { type: 'valid' }]);
}

function parted(columns: Columns, one: number, two: number, key: string | undefined): Anomaly {
  const where = (row: number): string => (columns.node[row] < 0 ? 'a replica' : columns.nodeNames[columns.node[row]]);
  const message = `Finally ${where(one)} shows ${short(shown(columns, one))} and ${where(two)} ${short(shown(columns, two))}${ofKey(key)}.`;
  return anomaly(columns, 'diverged', message, [one, two], [say(columns, one), say(columns, two)]);
}

/** Reads of the same version that show different values, and how many reads had another to be compared with. */
function sameVersions<A extends Api>(
  { columns }: History<A>,
  options: Sameness,
): { anomalies: readonly Anomaly[]; compared: number } {
  const reads = options.reads ?? ['read'];
  const anomalies: Anomaly[] = [];
  let compared = 0;
  for (const rows of rowsByKey(columns)) {
    const first = new Map<string, number>();
    for (const row of rows) {
      const version =
        columns.type[row] === OK && reads.includes(columns.fNames[columns.f[row]])
          ? versionOf(columns, row)
          : undefined;
      if (version === undefined) continue;
      const name = canonical(version);
      const before = first.get(name);
      if (before === undefined) {
        first.set(name, row);
        continue;
      }
      compared++;
      if (text(columns, before, options) === text(columns, row, options)) continue;
      const message = `Two reads of version ${short(version)} show ${short(shown(columns, before))} and ${short(shown(columns, row))}.`;
      anomalies.push(anomaly(columns, 'diverged', message, [before, row], [say(columns, before), say(columns, row)]));
    }
  }
  return { anomalies, compared };
}

/** What is judged of a replicated datatype, beyond convergence. */
export interface ReplicatedType extends Sameness {
  readonly name: string;
  /** What is wrong with a value finally shown by all replicas of a key; `rows` are all of the key's, `read` is one that shows it. */
  readonly final: (columns: Columns, rows: readonly number[], read: number) => readonly Anomaly[];
  /** What is wrong with reads at any time. */
  readonly always?: (columns: Columns, rows: readonly number[]) => readonly Anomaly[];
  /** Why a key's history cannot be judged at all, if it cannot. */
  readonly needs?: (columns: Columns, rows: readonly number[]) => string | undefined;
}

/**
 * The checker of a replicated datatype: final reads are equal and legal, reads of one version are equal, versions grow along a replica, and what
 * holds at any time holds. Unknown where nothing, or not every replica, was finally read. The final value is judged only where replicas agree on it.
 */
export function replicated<A extends Api>(type: ReplicatedType): Checker<A> {
  return {
    name: type.name,
    check(history) {
      const { columns } = history;
      const reason = rowsByKey(columns)
        .map((rows) => type.needs?.(columns, rows))
        .find((why) => why !== undefined);
      if (reason !== undefined) return { type: 'unknown', reason };
      const agreed = converged(history, type);
      const final = new Set(finalRows(history, type.reads ?? ['read']));
      const anomalies = rowsByKey(columns).flatMap((rows) => {
        const read = agreed.type === 'invalid' ? undefined : rows.findLast((row) => final.has(row));
        return [
          ...(type.always?.(columns, rows) ?? []),
          ...shrunkVersions(columns, rows),
          ...(read === undefined ? [] : type.final(columns, rows, read)),
        ];
      });
      return worst([verdictOf([...anomalies, ...sameVersions(history, type).anomalies]), agreed]);
    },
  };
}

function text(columns: Columns, row: number, { unordered }: Sameness): string {
  const value = shown(columns, row);
  if (!unordered || !Array.isArray(value)) return canonical(value);
  return canonical((value as readonly unknown[]).map(canonical).sort());
}
