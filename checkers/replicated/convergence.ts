/**
 * Whether replicas agree: in the end, and whenever they have seen the same.
 * Shapiro et al., "Conflict-free replicated data types", SSS 2011.
 */
import type { Anomaly, Checker, Verdict } from '../checker.ts';
import { worst } from '../checker.ts';
import { type Api, type Columns, type History, OK } from '../history.ts';
import { anomaly, ofKey, say, short, verdictOf } from '../monitors/findings.ts';
import { canonical } from '../monitors/identity.ts';
import { MARK_FINAL, NO_REAL_TIME } from '../monitors/real-time.ts';
import { rowsByKey } from '../monitors/timeline.ts';
import { differenceOf } from './difference.ts';
import { type FinalReads, finalReads, lastReads, shown, versionOf } from './final-reads.ts';
import { shrunkVersions } from './growth.ts';
import { type Certain, unanswered } from './unanswered.ts';

/** What makes two values of a datatype the same. */
export interface Sameness {
  /** The names of the datatype's read operations; `read`, unless said otherwise. */
  readonly reads?: readonly string[];
  /** Whether the values are lists whose order means nothing. */
  readonly unordered?: boolean;
  /** Whether a read of null tells nothing, as where values are lists. */
  readonly silentNull?: boolean;
  /**
   * What a read tells whatever the updates without a completion
   * did; by default nothing, where a key has such an update.
   */
  readonly certain?: Certain;
  /** Whether a verdict does not need every replica to have been read in the end. */
  readonly partial?: boolean;
}

/**
 * Whether the last final reads of all replicas are equal. That is a claim of liveness: `diverged` says that they had
 * not converged by the end of the run, not that they never would. Unknown where some replica was not read in the end,
 * and where reads that are not marked as final differ by what an update without a completion can explain. O(n).
 */
export function convergence(options: Sameness = {}): Checker {
  return {
    name: 'convergence',
    check: (history) => converged(history.columns, finalReads(history, options.reads ?? ['read']), options),
  };
}

/**
 * Whether reads that name the same version, as outputs `{ value, version }` do, show the same
 * value, at any time: strong convergence. Unknown where no two reads name the same version. O(n).
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
function converged(columns: Columns, final: FinalReads, options: Sameness): Verdict {
  const byKey = new Map<string | undefined, readonly number[]>();
  for (const rows of rowsByKey(columns)) byKey.set(columns.keyNames[columns.key[rows[0]]], rows);
  const verdicts = lastReads(columns, final).map(({ key, rows }): Verdict => {
    const telling = options.silentNull ? rows.filter((row) => shown(columns, row) !== null) : rows;
    const [first] = telling;
    if (first === undefined) return { type: 'unknown', reason: unread(columns, final, key) };
    const other = telling.find((row) => text(columns, row, options) !== text(columns, first, options));
    if (other !== undefined) return differing(columns, byKey.get(key) ?? [], telling, final, options, key);
    const missing = columns.nodeNames.find((_, node) => telling.every((row) => columns.node[row] !== node));
    if (missing !== undefined && columns.node[first] >= 0 && !options.partial) {
      return { type: 'unknown', reason: `the replica ${missing} was not finally read${ofKey(key)}` };
    }
    return { type: 'valid' };
  });
  return worst([...verdicts, { type: 'valid' }]);
}

function unread({ realTime }: Columns, { marked }: FinalReads, key: string | undefined): string {
  const nothing = `nothing was finally read${ofKey(key)}`;
  return realTime || marked ? nothing : `${NO_REAL_TIME}, and no read is marked as final; ${MARK_FINAL}`;
}

/** Invalid, unless the reads are not marked and updates without a completion can explain each difference. */
function differing(
  columns: Columns,
  rows: readonly number[],
  reads: readonly number[],
  final: FinalReads,
  options: Sameness,
  key: string | undefined,
): Verdict {
  const plain = (row: number): string => text(columns, row, options);
  const late = final.marked ? [] : unanswered(columns, rows, options.reads ?? ['read']);
  const [update] = late;
  if (update === undefined) {
    const other = reads.find((row) => plain(row) !== plain(reads[0])) as number;
    return verdictOf([parted(columns, reads[0], other, key, final, options)]);
  }
  const certain = options.certain?.(columns, rows, late);
  const telling = certain ? reads.filter((row) => certain(row) !== undefined) : [];
  const kept = (row: number): string => comparable(certain?.(row), options);
  const other = telling.find((row) => kept(row) !== kept(telling[0]));
  if (other !== undefined) return verdictOf([parted(columns, telling[0], other, key, final, options)]);
  return {
    type: 'unknown',
    reason: `final reads differ${ofKey(key)}, and ${say(columns, update)}, may have come into effect between them; ${MARK_FINAL}`,
  };
}

function parted(
  columns: Columns,
  one: number,
  two: number,
  key: string | undefined,
  { marked, healed }: FinalReads,
  { unordered }: Sameness,
): Anomaly {
  const where = (row: number): string => (columns.node[row] < 0 ? 'a replica' : columns.nodeNames[columns.node[row]]);
  const end =
    marked || healed
      ? ''
      : ' No healing of faults is recorded, so the end of the last update counts as the end of time.';
  const [first, second] = differenceOf(shown(columns, one), shown(columns, two), unordered);
  const message = `Finally ${where(one)} shows ${first} and ${where(two)} ${second}${ofKey(key)}.${end}`;
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
      const [one, two] = differenceOf(shown(columns, before), shown(columns, row), options.unordered);
      const message = `Two reads of version ${short(version)} show ${one} and ${two}.`;
      anomalies.push(anomaly(columns, 'diverged', message, [before, row], [say(columns, before), say(columns, row)]));
    }
  }
  return { anomalies, compared };
}

/** What is wrong with a key's history, beyond convergence and versions. */
export interface Judged {
  /** With reads at any time, and with the final ones. */
  readonly always?: readonly Anomaly[];
  readonly final?: readonly Anomaly[];
  /** Why the history is not affirmed, though nothing is wrong with it. */
  readonly unsure?: string | undefined;
}

/** What is judged of a replicated datatype, beyond convergence. */
export interface ReplicatedType extends Sameness {
  readonly name: string;
  /** Judges a key: all its rows, and its final reads (none where replicas do not agree). */
  readonly judge: (columns: Columns, rows: readonly number[], final: readonly number[]) => Judged;
}

/**
 * The checker of a replicated datatype: final reads are equal and legal, reads of one version are
 * equal, versions grow along a replica, and what holds at any time holds. Unknown where nothing,
 * or not every replica, was finally read. The final value is judged only where replicas agree on it.
 */
export function replicated<A extends Api>(type: ReplicatedType): Checker<A> {
  return {
    name: type.name,
    check(history) {
      const { columns } = history;
      const last = finalReads(history, type.reads ?? ['read']);
      const agreed = converged(columns, last, type);
      const final = new Set(agreed.type === 'invalid' ? [] : last.rows);
      const unsure: string[] = [];
      const anomalies = rowsByKey(columns).flatMap((rows) => {
        const reads = rows.filter((row) => final.has(row) && !(type.silentNull && shown(columns, row) === null));
        const judged = type.judge(columns, rows, reads);
        if (judged.unsure !== undefined) unsure.push(judged.unsure);
        return [...(judged.always ?? []), ...shrunkVersions(columns, rows), ...(judged.final ?? [])];
      });
      const reasons = unsure.map((reason): Verdict => ({ type: 'unknown', reason }));
      return worst([verdictOf([...anomalies, ...sameVersions(history, type).anomalies]), agreed, ...reasons]);
    },
  };
}

function text(columns: Columns, row: number, options: Sameness): string {
  return comparable(shown(columns, row), options);
}

function comparable(value: unknown, { unordered }: Sameness): string {
  if (!unordered || !Array.isArray(value)) return canonical(value);
  return canonical((value as readonly unknown[]).map(canonical).sort());
}
