/** What a run's page shows beside its operations and messages: pure, so that a page can make it of its own runs. */
import type { History, Verdict } from 'elle-ts';
import type { Journalled } from '../harness/clusters/cluster.ts';
import { beyondClaims } from '../harness/judging/beyond.ts';
import type { Metrics } from '../harness/judging/metrics/metrics.ts';
import type { Result, RunRecord } from '../harness/judging/result.ts';
import type { Judged, Log, Measured, RunPage, Told } from './page/data.ts';
import { logAround, softwareOf } from './software.ts';
import { strongestOf } from './strongest.ts';
import { countsOf, everyAnomaly, firstOfEach, identityOf } from './told.ts';

/** Everything that a run's page is made of. */
export interface RunPageInput extends Omit<RunRecord, 'result'> {
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
}

/** Of a node's log its last characters are kept. */
const LOG_TAIL = 200_000;

/** The page's data; `messages` is how many of the run's messages it is shown with. Linear in the operations. */
export function runPage(input: RunPageInput, messages: number): RunPage {
  const { result, history } = input;
  const told = everyAnomaly(result);
  const momentMs = momentOf(told[0], history);
  return {
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
    messagesLeftOut: input.messages.length - messages,
  };
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
