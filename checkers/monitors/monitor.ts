/**
 * What the monitors share: a monitor judges one object by a theorem about its datatype, in linear or almost linear
 * time. Where the theorem does not apply (values that repeat, consumers that crashed), the general search decides.
 */
import type { Anomaly, Checker, Verdict } from '../checker.ts';
import { worst } from '../checker.ts';
import { type Api, FAIL, type History, OK, type Operation } from '../history.ts';
import { historyOf } from '../history-builder.ts';
import type { Linearization } from '../linearizable/certificate.ts';
import { linearizable } from '../linearizable/linearizable.ts';
import type { Model } from '../model.ts';
import { type Refusing, refusedRows } from '../refusals.ts';
import { ofKey, verdictOf } from './findings.ts';
import { NO_REAL_TIME } from './real-time.ts';
import { type Timeline, timelines } from './timeline.ts';

/** Options of the monitors that judge linearizability. */
export interface MonitorOptions {
  /** Show with `valid` an order of the operations that explains the history, replayed before it is shown. */
  readonly certificate?: boolean;
  /** The most steps that the general search may take for one object, where it must decide. */
  readonly maxSteps?: number;
}

/** The general search for what a monitor's theorem does not cover. */
export function generally<A extends Api, S>(model: Model<A, S>, options: MonitorOptions): Checker<A> {
  const { maxSteps, certificate } = options;
  return linearizable(model, {
    ...(maxSteps === undefined ? {} : { maxSteps }),
    ...(certificate === undefined ? {} : { certificate }),
  });
}

/**
 * What a monitor found about one object: `order` is of rows, where
 * one was asked for; `unsure` is the general search's business.
 */
export type Finding =
  | { readonly type: 'valid'; readonly order?: readonly number[] }
  | { readonly type: 'invalid'; readonly anomalies: readonly Anomaly[] }
  | { readonly type: 'unsure'; readonly reason: string };

/** Of the anomalies, or valid. */
export function found(anomalies: readonly Anomaly[]): Finding {
  return anomalies.length > 0 ? { type: 'invalid', anomalies } : { type: 'valid' };
}

/**
 * A checker that judges each object by itself, and the history by the worst of them; without real time
 * it refutes what no order of the operations explains, and affirms nothing, unless `affirms` says
 * that valid means no more than that. The certificate is a `Linearization`; there is none where some
 * object's order was not found. `model` says which failures are observations; without it none is.
 */
export function monitor<A extends Api>(
  name: string,
  judge: (timeline: Timeline) => Finding,
  search?: Checker<A>,
  model: Refusing = {},
  affirms = false,
): Checker<A> {
  return {
    name,
    check(history) {
      const anomalies: Anomaly[] = [];
      const undecided: Verdict[] = [];
      const objects: Linearization['objects'][number][] = [];
      const all = timelines(history.columns, refusedRows(history.columns, model));
      for (const timeline of all) {
        const finding = timed(judge(timeline), timeline, affirms);
        if (finding.type === 'invalid') anomalies.push(...finding.anomalies);
        else if (finding.type === 'valid') objects.push(...(finding.order ? [named(timeline, finding.order)] : []));
        else {
          const verdict = searched(history, timeline, finding.reason, search);
          if (verdict.type === 'valid') objects.push(...ordersIn(verdict.certificate, timeline.key));
          else undecided.push(verdict);
        }
      }
      const whole = objects.length > 0 && objects.length === all.length;
      return worst([verdictOf(anomalies, whole ? ({ objects } satisfies Linearization) : undefined), ...undecided]);
    },
  };
}

function timed(finding: Finding, { columns }: Timeline, affirms: boolean): Finding {
  const sure = columns.realTime || affirms || finding.type !== 'valid';
  return sure ? finding : { type: 'unsure', reason: NO_REAL_TIME };
}

function named({ key, columns }: Timeline, rows: readonly number[]): Linearization['objects'][number] {
  const order = rows.map((row) => columns.start[row]);
  return key === undefined ? { order } : { key, order };
}

/** The search's orders of an object; it may have split the object under names of its own. */
function ordersIn(certificate: unknown, key: string | undefined): Linearization['objects'] {
  const objects = (certificate as Linearization | undefined)?.objects ?? [];
  return objects.length === 1 && objects[0].key === key ? objects : [];
}

function searched<A extends Api>(
  history: History<A>,
  timeline: Timeline,
  reason: string,
  search: Checker<A> | undefined,
): Verdict {
  // With real time it could be searched for.
  const untimed = search && !history.realTime ? `, and ${NO_REAL_TIME}` : '';
  if (!search || !history.realTime) return { type: 'unknown', reason: `${reason}${ofKey(timeline.key)}${untimed}` };
  const verdict = search.check(selected(history, timeline.rows));
  if (verdict.type !== 'unknown') return verdict;
  return { type: 'unknown', reason: `${reason}${ofKey(timeline.key)}; the general search: ${verdict.reason}` };
}

/** The history of these rows alone. */
function selected<A extends Api>(history: History<A>, rows: ArrayLike<number>): History<A> {
  const operations: Operation<A>[] = [];
  for (let i = 0; i < rows.length; i++) operations.push(history.operation(rows[i]));
  return historyOf(operations);
}

/** Finds operations that are not the datatype's: the monitor then decides nothing. */
export function unsupportedOperations({ columns, rows }: Timeline, known: readonly string[]): Finding | undefined {
  const unsupported = columns.fNames.filter((f) => !known.includes(f));
  if (unsupported.length === 0) return undefined;
  const codes = new Set(unsupported.map((f) => columns.fNames.indexOf(f)));
  const row = rows.find((at) => codes.has(columns.f[at]));
  if (row === undefined) return undefined;
  return {
    type: 'unsure',
    reason: `"${columns.fNames[columns.f[row]]}" (operation ${columns.start[row]}) is not one of ${known.join(', ')}`,
  };
}

/**
 * Whether the order explains the history: every `ok` and every refusal in it once,
 * nothing that did not happen, nothing before what ended before it began, and every step
 * legal when it is replayed. The independent half of a certificate. O(n) and the steps.
 */
export function explains(
  { columns, rows, refused, inv, ret }: Timeline,
  order: readonly number[],
  legal: (row: number) => boolean,
): boolean {
  const seen = new Set<number>();
  let latest = -1;
  for (const row of order) {
    if ((columns.type[row] === FAIL && !refused(row)) || seen.has(row) || ret[row] < latest) return false;
    seen.add(row);
    latest = Math.max(latest, inv[row]);
    if (!legal(row)) return false;
  }
  return rows.every((row) => seen.has(row) || (columns.type[row] !== OK && !refused(row)));
}
