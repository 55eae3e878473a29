/**
 * Counters. Where every delta is the same, exactly (counter-gaps.ts). Where deltas differ the question is subset-sum,
 * which is NP-hard: bounds refute (counter-bounds.ts), and the general search decides the rest.
 */
import type { Checker } from '../checker.ts';
import { type Counter, counter } from '../models/counter.ts';
import { outOfBounds, split } from './counter-bounds.ts';
import { judgeEqual } from './counter-gaps.ts';
import { anomaly, say } from './findings.ts';
import { type Finding, found, generally, type MonitorOptions, monitor, unsupportedOperations } from './monitor.ts';
import type { Timeline } from './timeline.ts';

/**
 * Whether a counter is linearizable. Exact, O(n log n), where all
 * deltas are equal; otherwise bounds, then the general search.
 */
export function counterMonitor(options: MonitorOptions = {}): Checker<Counter> {
  return monitor('counter', (timeline) => judge(timeline, options), generally(counter, options));
}

function judge(timeline: Timeline, options: MonitorOptions): Finding {
  const unsupported = unsupportedOperations(timeline, ['add', 'read']);
  if (unsupported) return unsupported;
  const { columns } = timeline;
  const parts = split(timeline);
  const noNumber = parts.reads.find((row) => typeof columns.output[row] !== 'number');
  if (noNumber !== undefined) {
    return found([
      anomaly(columns, 'unexpected', `A read returned what is not a number: ${say(columns, noNumber)}.`, [noNumber]),
    ]);
  }
  const outside = outOfBounds(timeline, parts);
  if (outside) return found([outside]);
  const delta = parts.adds.length > 0 ? (columns.input[parts.adds[0]] as number) : 1;
  if (parts.adds.every((row) => columns.input[row] === delta)) return judgeEqual(timeline, parts, delta, options);
  if (parts.reads.length === 0) return { type: 'valid' };
  return { type: 'unsure', reason: 'every read is within its bounds, but the deltas differ' };
}
