/**
 * A small run as a drawing in text: a lane for each client and each node, time downwards, with the operations, the messages between nodes, the
 * faults, and the sentence of what went wrong.
 */
import type { Operation } from 'elle-ts';
import { explain } from 'elle-ts';
import type { Journalled } from '../result.ts';
import type { Run } from '../run.ts';
import { breaches } from './trial.ts';

/** One thing that happened, in one lane. */
interface Moment {
  readonly ms: number;
  readonly lane: string;
  readonly says: string;
}

/** Lines that a story may have; a longer one is cut in the middle, and says so. */
const MOST_LINES = 120;

export function story(run: Run): string {
  const moments = [...operationMoments(run), ...messageMoments(run), ...faultMoments(run)].sort((a, b) => a.ms - b.ms);
  const lanes = lanesOf(run);
  const [anomaly] = breaches(run);
  const end = anomaly ? explain(run.history, anomaly) : 'No claim was broken.';
  return [...header(lanes), ...shortened(moments.map((moment) => row(moment, lanes))), '', end].join('\n');
}

/** Every event, one a line, without lanes: what `--steps` prints. */
export function steps(run: Run): string {
  const logs = [...run.logs].flatMap(([node, lines]) =>
    lines.map((line) => ({ ms: Number.parseFloat(line), lane: node, says: line.replace(/^[\d.]+ /, '') })),
  );
  const moments = [...operationMoments(run), ...messageMoments(run), ...faultMoments(run), ...logs].sort(
    (a, b) => a.ms - b.ms,
  );
  return moments.map(({ ms, lane, says }) => `${ms.toFixed(3).padStart(12)} ms  ${lane.padEnd(10)} ${says}`).join('\n');
}

function operationMoments({ history, result }: Run): readonly Moment[] {
  const { clients } = result.setting.options;
  const workers = clients + result.setting.nodes.length;
  return [...history].flatMap((operation) => {
    const lane = laneOf(operation, workers, clients);
    const call = { ms: operation.startNs / 1e6, lane, says: `${asked(operation)} @${operation.node ?? '?'}` };
    if (!Number.isFinite(operation.endNs)) return [call];
    return [call, { ms: operation.endNs / 1e6, lane, says: answered(operation) }];
  });
}

function laneOf(operation: Operation, workers: number, clients: number): string {
  const worker = operation.process % workers;
  return worker < clients ? `client ${worker}` : 'at the end';
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

function messageMoments({ messages, result }: Run): readonly Moment[] {
  const odd = result.plan.links.odd;
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
  return delaysMs.length > 1 ? ' (doubled)' : '';
}

function faultMoments({ result }: Run): readonly Moment[] {
  return result.faults.flatMap(({ fault, began, fromMs, toMs }) => {
    const targets = began === 'indeterminate' ? 'unknown' : began.targets.join(' ');
    const says = `${fault.kind}${'how' in fault ? ` ${fault.how}` : ''} of ${targets}`;
    return [
      { ms: fromMs, lane: 'fault', says: `begins: ${says}` },
      { ms: toMs, lane: 'fault', says: `ends: ${says}` },
    ];
  });
}

function lanesOf({ history, result }: Run): readonly string[] {
  const { clients } = result.setting.options;
  const workers = clients + result.setting.nodes.length;
  const used = new Set([...history].map((operation) => laneOf(operation, workers, clients)));
  const faults = result.faults.length > 0 ? ['fault'] : [];
  return [...faults, ...[...used].sort(), ...result.setting.nodes];
}

const WIDTH = 26;

function header(lanes: readonly string[]): readonly string[] {
  const titles = lanes.map((lane) => lane.padEnd(WIDTH)).join('');
  return [
    `${'ms'.padStart(9)}  ${titles}`.trimEnd(),
    `${'-'.repeat(9)}  ${lanes.map(() => `${'-'.repeat(WIDTH - 2)}  `).join('')}`.trimEnd(),
  ];
}

function row({ ms, lane, says }: Moment, lanes: readonly string[]): string {
  const before = ' '.repeat(Math.max(0, lanes.indexOf(lane)) * WIDTH);
  return `${ms.toFixed(2).padStart(9)}  ${before}${says.slice(0, 80)}`;
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= MOST_LINES) return lines;
  const half = MOST_LINES / 2;
  return [...lines.slice(0, half), `      ... ${lines.length - MOST_LINES} lines more ...`, ...lines.slice(-half)];
}
