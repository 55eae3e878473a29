/**
 * A small run as a drawing in text: a lane for each client and each node, time downwards, with
 * the operations, the messages between nodes, the faults, and the sentence of what went wrong.
 */
import { type Anomaly, counted, explain, type Operation } from 'elle-ts';
import type { Journalled } from '../clusters/cluster.ts';
import { faultText } from '../faults/meanings.ts';
import type { Run } from '../judging/result.ts';
import { operationName } from '../running/operation-names.ts';
import { workersOf } from '../running/workers.ts';
import { inColumns, inLanes, type Moment } from './lanes.ts';
import { breaches } from './trial.ts';
import { cut, folded } from './wrap.ts';

/** A line of a drawing, which cannot go on in the next one. */
const DRAWN = /[├┝│▼]/;
/** How wide a story may be where nothing else is said. */
const USUAL_COLUMNS = 100;

/**
 * The operations of the plan and those that prove the anomaly, with the messages that they caused;
 * what nodes did by themselves, and final calls that prove nothing, are left out and counted.
 */
export function story(run: Run, columns = USUAL_COLUMNS): string {
  const [anomaly] = breaches(run);
  const end = anomaly ? explain(run.history, anomaly) : 'No claim was broken.';
  const why = end.split('\n').flatMap((line) => (DRAWN.test(line) ? [cut(line, columns)] : folded(line, columns)));
  const { moments, lanes, left } = told(run, keysOf(run, anomaly));
  const needed = lanes.filter((lane) => !run.setting.nodes.includes(lane) || moments.some((one) => one.lane === lane));
  return `${[...inColumns(moments, needed, columns), ...left].join('\n')}\n\n${why.join('\n')}`;
}

/** The lanes alone. What is said in a narrow one runs over those to its right, which are empty in that line. */
export function drawing(run: Run, laneWidth: number): string {
  const { moments, lanes, left } = told(run, undefined);
  return [
    ...inLanes(
      moments,
      lanes.map((name) => ({ name, width: laneWidth })),
    ),
    ...left,
  ].join('\n');
}

/** What is told of a run, in order of time, and what is left out, in a line. With keys, only what these are about. */
function told(run: Run, keys: ReadonlySet<string> | undefined) {
  const [anomaly] = breaches(run);
  const { rows, roots } = toldOperations(run, anomaly, keys);
  const messages = run.messages.filter(({ root }) => roots.has(root));
  const rest = run.messages.length - messages.length;
  const moments = [
    ...operationMoments(run).filter(({ row }) => rows.has(row)),
    ...messageMoments(run, messages),
    ...faultMoments(run),
  ].sort((x, y) => x.ms - y.ms);
  return {
    moments,
    lanes: lanesOf(run, moments),
    left: rest > 0 ? [`(${counted(rest, 'other message')} left out)`] : [],
  };
}

/** The keys that an anomaly is about; undefined where its operations name none. */
function keysOf({ history }: Run, anomaly: Anomaly | undefined): ReadonlySet<string> | undefined {
  const proof = new Set(anomaly?.operations ?? []);
  const keys = new Set([...history].filter(({ start }) => proof.has(start)).map(({ key }) => key));
  return keys.size === 0 || keys.has(undefined) ? undefined : (keys as ReadonlySet<string>);
}

/** The rows of the history that a story is about, and the roots of the messages that they caused. */
function toldOperations(
  run: Run,
  anomaly: Anomaly | undefined,
  keys: ReadonlySet<string> | undefined,
): { rows: ReadonlySet<number>; roots: ReadonlySet<string> } {
  const { start, length } = run.history.columns;
  const planned = new Set(run.plan.calls.map(({ id }) => id));
  const proof = new Set(anomaly?.operations ?? []);
  const rows = new Set<number>();
  const roots = new Set<string>();
  for (let row = 0; row < length; row++) {
    if (!planned.has(run.calls[row]!) && !proof.has(start[row]!)) continue;
    const key = keys && run.history.operation(row).key;
    if (key !== undefined && !keys?.has(key)) continue;
    rows.add(row);
    roots.add(operationName(start[row]!));
  }
  return { rows, roots };
}

/** Every event, one a line, without lanes, and in brackets what its node marked last: what `--steps` prints. */
export function steps(run: Run): string {
  const logs = [...run.logs].flatMap(([node, lines]) =>
    lines.map((line) => ({ ms: Number.parseFloat(line), lane: node, says: line.replace(/^[\d.]+ /, '') })),
  );
  const moments = [...operationMoments(run), ...messageMoments(run, run.messages), ...faultMoments(run), ...logs].sort(
    (a, b) => a.ms - b.ms,
  );
  const marked = new Map<string, string>();
  return moments
    .map(({ ms, lane, says }) => {
      const marks = says.startsWith(MARK);
      if (marks) marked.set(lane, says.slice(MARK.length));
      const state = marks ? undefined : marked.get(lane);
      return `${ms.toFixed(3).padStart(12)} ms  ${lane.padEnd(10)} ${says}${state === undefined ? '' : `  [${state}]`}`;
    })
    .join('\n');
}

function operationMoments(run: Run): readonly (Moment & { readonly row: number })[] {
  const workers = workersOf(run);
  return [...run.history].flatMap((operation, row) => {
    const worker = workers[row]!;
    const lane = worker < run.setting.options.clients ? `client ${worker}` : 'final reads';
    const call = { row, ms: operation.startNs / 1e6, lane, says: `${asked(operation)} @${operation.node ?? '?'}` };
    if (!Number.isFinite(operation.endNs)) return [call];
    return [call, { row, ms: operation.endNs / 1e6, lane, says: answered(operation) }];
  });
}

function asked({ f, key, input }: Operation): string {
  const on = key === undefined ? '' : ` ${key}`;
  const what = input === null || input === undefined ? '' : ` ${JSON.stringify(input)}`;
  return `${f}${on}${what}`;
}

function answered({ f, outcome }: Operation): string {
  if (outcome.type !== 'ok') return `${f}: ${outcome.type}, ${outcome.error}`;
  const output = outcome.output as unknown;
  return output === null && f !== 'read' ? `${f}: ok` : `${f}: ${JSON.stringify(output)}`;
}

function messageMoments({ plan }: Run, messages: readonly Journalled[]): readonly Moment[] {
  const { odd } = plan.links;
  return messages.flatMap((message) => {
    const late = message.id in odd ? ' (late)' : '';
    const sent = {
      ms: message.sentMs,
      lane: message.from,
      says: `${message.kind} > ${message.to}${fateText(message)}${late}`,
    };
    return [
      sent,
      ...message.arrivedMs.map((ms) => ({ ms, lane: message.to, says: `${message.kind} < ${message.from}${late}` })),
    ];
  });
}

function fateText({ delaysMs }: Journalled): string {
  if (delaysMs.length === 0) return ' LOST';
  return delaysMs.length > 1 ? ' (duplicated)' : '';
}

function faultMoments({ result }: Run): readonly Moment[] {
  return result.faults.flatMap(({ fault, began, fromMs, toMs }) => {
    const says = faultText({ fault, began });
    return [
      { ms: fromMs, lane: 'fault', says: `begins: ${says}` },
      { ms: toMs, lane: 'fault', says: `ends: ${says}` },
    ];
  });
}

/** How a simulated node's log says that a branch was reached. */
const MARK = 'mark: ';

function lanesOf({ setting }: Run, moments: readonly Moment[]): readonly string[] {
  const used = new Set(moments.map(({ lane }) => lane));
  const { nodes } = setting;
  const others = [...used].filter((lane) => lane !== 'fault' && !nodes.includes(lane)).sort();
  return [...(used.has('fault') ? ['fault'] : []), ...others, ...nodes];
}
