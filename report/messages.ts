import type { History } from 'elle-ts';
import type { Journalled } from '../harness/clusters/cluster.ts';
import type { Result } from '../harness/judging/result.ts';
import { valueText } from './columns.ts';
import type { Message } from './page/data.ts';

/** Below this number all messages are kept; above it those near anomalies. */
const MOST = 100_000;
const LONGEST_BODY = 400;
/** How long before and after an anomaly's operations messages matter to it. */
const AROUND_MS = 50;

/**
 * The messages that a report shows: all of them, or those sent
 * around the operations of anomalies where there are too many.
 */
export function keptMessages(
  messages: readonly Journalled[],
  history: History,
  result: Pick<Result, 'claims' | 'checkers'>,
): readonly Journalled[] {
  if (messages.length <= MOST) return messages;
  const windows = anomalyWindows(history, result);
  return messages.filter(({ sentMs }) => windows.some(([from, to]) => sentMs >= from && sentMs <= to)).slice(0, MOST);
}

/** The messages whose cause is a guess, or goes back to one; they are in the order in which they were sent. */
export function guessedAmong(messages: readonly Journalled[]): ReadonlySet<string> {
  const guessed = new Set<string>();
  for (const { id, cause } of messages) if (cause.endsWith('?') || guessed.has(cause)) guessed.add(id);
  return guessed;
}

/** The messages as a page shows them, with their bodies cut. */
export function shownMessages(messages: readonly Journalled[], guessed: ReadonlySet<string> = new Set()): Message[] {
  return messages.map(({ body, delaysMs: _, ...message }) => {
    const text = valueText(body);
    return {
      ...message,
      ...(text === '' ? {} : { body: text.slice(0, LONGEST_BODY) }),
      ...(guessed.has(message.id) ? { guessed: true } : {}),
    };
  });
}

function anomalyWindows(
  history: History,
  result: Pick<Result, 'claims' | 'checkers'>,
): [fromMs: number, toMs: number][] {
  const anomalies = Object.values(result.checkers).flatMap((verdict) =>
    verdict.type === 'invalid' ? verdict.anomalies.slice(0, 20) : [],
  );
  const wanted = new Set(anomalies.flatMap((anomaly) => anomaly.operations.slice(0, 20)));
  const windows: [number, number][] = anomalies.flatMap(({ at }) =>
    at ? [[at.ms - AROUND_MS, at.ms + AROUND_MS] as [number, number]] : [],
  );
  const { start, startNs, endNs, length } = history.columns;
  for (let row = 0; row < length; row++) {
    if (!wanted.has(start[row]!)) continue;
    const from = startNs[row]! / 1e6;
    const to = Number.isFinite(endNs[row]) ? endNs[row]! / 1e6 : from;
    windows.push([from - AROUND_MS, to + AROUND_MS]);
  }
  return merged(windows);
}

/** The same stretches of time, without overlaps. */
function merged(windows: [fromMs: number, toMs: number][]): [fromMs: number, toMs: number][] {
  const apart: [number, number][] = [];
  for (const [from, to] of windows.toSorted((a, b) => a[0] - b[0])) {
    const last = apart.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else apart.push([from, to]);
  }
  return apart;
}
