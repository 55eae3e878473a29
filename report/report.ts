import type { Anomaly, History, Verdict } from 'elle-ts';
import type { Journalled } from '../harness/clusters/cluster.ts';
import { beyondClaims } from '../harness/judging/beyond.ts';
import type { Metrics } from '../harness/judging/metrics/metrics.ts';
import type { Result, RunRecord } from '../harness/judging/result.ts';
import { workersOf } from '../harness/running/workers.ts';
import { packHistory } from './columns.ts';
import { guessedAmong, keptMessages, packMessages } from './messages.ts';
import type { Judged, Log, Measured, PageLink, RunPage, Told } from './page/data.ts';
import { logAround, softwareOf } from './software.ts';
import { strongestOf } from './strongest.ts';
import { filled } from './template.ts';

/** Everything that a report of one run is made of. */
export interface ReportInput extends Omit<RunRecord, 'result'> {
  readonly result: Omit<Result, 'tally'>;
  /** It is a history from elsewhere: there is no more of a run than that. */
  readonly isHistory?: true;
  readonly history: History;
  /** The planned call's id of every row; empty where it was not kept. */
  readonly calls: readonly number[];
  /** The journal of messages, in order; empty where none was kept. */
  readonly messages: readonly Journalled[];
  /** What each node wrote, by its name. */
  readonly logs: Readonly<Record<string, string>>;
  /** The command that repeats the run. */
  readonly command: string;
  /** What lies beside it; none where it stands alone. */
  readonly links?: readonly PageLink[];
}

/** Of a kind of anomaly more than these are counted and not told: the first ones prove as much. */
const TOLD = 20;
/** Of a node's log its last characters are kept. */
const LOG_TAIL = 200_000;
const LONGEST_STEP = 2_000;
const LONGEST_CYCLE = 50;

/**
 * The whole report as one HTML file, which opens from disk without a network. What
 * comes from a history, a node or a file is put in as data and never as HTML. Linear
 * in operations and messages; a hundred thousand operations take under two seconds.
 */
export function report(input: ReportInput): string {
  const { result, history } = input;
  const messages = keptMessages(input.messages, history, result);
  const told = everyAnomaly(result);
  const momentMs = momentOf(told[0], history);
  const page: RunPage = {
    kind: 'run',
    command: input.command,
    isHistory: input.isHistory === true,
    setting: input.setting,
    verdict: result.verdict,
    says: result.says,
    claims: result.claims.map(({ claim, verdict }) => ({ claim, verdict: inShort(verdict) })),
    beyond: result.verdict === 'valid' && beyondClaims(result) !== undefined,
    checkers: judged(result.checkers),
    strongest: result.placement?.strongest ?? strongestOf(heldBy(result.checkers)),
    anomalies: firstOfEach(told),
    found: countsOf(told.map(({ name }) => name)),
    evidence: result.evidence,
    protocol: result.protocol ?? [],
    faults: result.faults,
    healedMs: result.healedMs,
    recoveryMs: result.recoveryMs ?? null,
    traffic: result.traffic,
    metrics: result.metrics ? measured(result.metrics) : null,
    software: softwareOf(result, input.setting.nodes, momentMs),
    logs: Object.entries(input.logs).map(([node, text]) =>
      result.watched ? logAround(node, text, result, momentMs) : log(node, text),
    ),
    operations: history.length,
    messages: input.messages.length,
    messagesLeftOut: input.messages.length - messages.length,
  };
  return filled(
    page,
    packHistory(history, workersOf(input)),
    packMessages(messages, guessedAmong(input.messages)),
    input.links,
  );
}

function measured({ windowMs, health, consistency, availability, latencyMs }: Metrics): Measured {
  const latencies = latencyMs.map(({ histogram: _, ...latency }) => latency);
  return { windowMs, health, consistency, availability, latencyMs: latencies };
}

/**
 * Every checker with how many anomalies it found: what it says
 * twice of the same operations is one, as in the page's own count.
 */
function judged(checkers: Result['checkers']): Judged[] {
  return Object.entries(checkers).map(([name, verdict]) => ({
    name,
    type: verdict.type,
    reason: verdict.type === 'unknown' ? verdict.reason : '',
    anomalies: verdict.type === 'invalid' ? new Set(verdict.anomalies.map(identityOf)).size : 0,
  }));
}

function heldBy(checkers: Result['checkers']): string[] {
  return Object.entries(checkers).flatMap(([name, verdict]) => (verdict.type === 'valid' ? [name] : []));
}

/** A claim's verdict without its anomalies' proofs and its certificate: the stories tell those. */
function inShort(verdict: Verdict): Verdict {
  if (verdict.type === 'valid') return { type: 'valid' };
  if (verdict.type === 'unknown') return verdict;
  const [first] = verdict.anomalies;
  return { type: 'invalid', anomalies: [{ ...first, steps: [], operations: [] }] };
}

/** The anomalies that a run's page tells, in its order, with their numbers less one as places. */
export function toldAnomalies(result: Pick<Result, 'claims' | 'checkers'>): readonly Told[] {
  return firstOfEach(everyAnomaly(result));
}

/**
 * Every anomaly once, those of refuted claims first: several
 * checkers often find the same, and say it in their own words.
 */
function everyAnomaly(result: Pick<Result, 'claims' | 'checkers'>): Told[] {
  const found = new Map<string, { told: Omit<Told, 'checkers'>; checkers: Set<string> }>();
  const add = (checker: string, verdict: Verdict): void => {
    if (verdict.type !== 'invalid') return;
    for (const anomaly of verdict.anomalies) {
      const { name, message, operations, at } = anomaly;
      const identity = identityOf(anomaly);
      const known = found.get(identity);
      if (known) {
        known.checkers.add(checker);
        continue;
      }
      const steps = anomaly.steps.map((step) => step.slice(0, LONGEST_STEP));
      found.set(identity, {
        told: {
          name,
          message: message.slice(0, LONGEST_STEP),
          steps,
          operations,
          cycle: cycleOf(anomaly),
          at: at ?? null,
        },
        checkers: new Set([checker]),
      });
    }
  };
  for (const { claim, verdict } of result.claims) add(claim.model, verdict);
  for (const [checker, verdict] of Object.entries(result.checkers)) add(checker, verdict);
  return [...found.values()].map((entry) => ({ ...entry.told, checkers: [...entry.checkers] }));
}

/** What makes two anomalies one: the same name, of the same operations. */
function identityOf({ name, message, operations }: Anomaly): string {
  const proof = operations.length > 0 ? operations.slice(0, 100).toSorted((a, b) => a - b) : message;
  return JSON.stringify([name, proof]);
}

function cycleOf({ cycle }: Anomaly): Told['cycle'] {
  if (!cycle || cycle.length > LONGEST_CYCLE) return null;
  return cycle.map((edge) => ({ ...edge, why: edge.why.slice(0, LONGEST_STEP) }));
}

function firstOfEach(told: readonly Told[]): Told[] {
  const counts = new Map<string, number>();
  return told.filter(({ name }) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count <= TOLD;
  });
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** When an anomaly happened, in ms: as it says, or when the first of its operations began. */
function momentOf(told: Told | undefined, { columns }: History): number | null {
  if (!told) return null;
  const [row] = told.operations;
  if (told.at) return told.at.ms;
  const ns = row === undefined ? undefined : columns.startNs[row];
  return ns === undefined ? null : ns / 1e6;
}

function log(node: string, text: string): Log {
  const cut = Math.max(0, text.length - LOG_TAIL);
  return { node, text: text.slice(cut), cut };
}
