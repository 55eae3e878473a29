/**
 * The score of slide 13, "Performance Metrics and Monitoring", line by line (`_calculate_system_score`): 40% are nodes
 * that are well, 30% how fast writes return, 30% what consistency checks gave.
 */
import type { RunPage } from '../../report/page/data.ts';
import { OK, type Operations } from '../../report/page/operations.ts';

/** What somebody who monitors a system by the slide has written down, by node. */
interface Monitored {
  readonly healthy: Readonly<Record<string, boolean>>;
  /** In seconds. */
  readonly writeLatencies: Readonly<Record<string, readonly number[]>>;
  /** From 0 to 1. */
  readonly consistencyScores: Readonly<Record<string, readonly number[]>>;
}

export function systemScore({ healthy, writeLatencies, consistencyScores }: Monitored): number {
  const scores: number[] = [];
  // Health score (40%)
  const nodes = Object.values(healthy);
  scores.push((nodes.filter(Boolean).length / nodes.length) * 0.4);
  // Latency score (30%)
  const latencies = Object.values(writeLatencies);
  if (latencies.length > 0) scores.push(Math.min(1, 1 / mean(latencies.map(mean))) * 0.3);
  // Consistency score (30%)
  const consistency = Object.values(consistencyScores);
  if (consistency.length > 0) scores.push(mean(consistency.map(mean)) * 0.3);
  return scores.reduce((sum, score) => sum + score, 0);
}

/**
 * What a run would have had its monitor write down: every node that answers a ping is well, which those that are cut
 * off from others do; every write that returned is timed, refused or not; and each answered read is a check, which
 * fails if that read proves an anomaly.
 */
export function monitored({ setting, anomalies }: RunPage, ops: Operations): Monitored {
  const wrong = new Set(anomalies.flatMap(({ operations }) => operations));
  const writeLatencies: Record<string, number[]> = {};
  const consistencyScores: Record<string, number[]> = {};
  for (let row = 0; row < ops.length; row++) {
    const { startNs, endNs, type, start } = ops.columns;
    const node = ops.node(row) ?? '';
    const returned = ops.outcome(row) !== 'info';
    if (ops.f(row) === 'write' && returned) pushed(writeLatencies, node, (endNs[row]! - startNs[row]!) / 1e9);
    if (ops.f(row) === 'read' && type[row] === OK) pushed(consistencyScores, node, wrong.has(start[row]!) ? 0 : 1);
  }
  return {
    healthy: Object.fromEntries(setting.nodes.map((node) => [node, true])),
    writeLatencies,
    consistencyScores,
  };
}

function pushed(lists: Record<string, number[]>, name: string, value: number): void {
  lists[name] ??= [];
  lists[name].push(value);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
