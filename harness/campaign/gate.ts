/** What a campaign's cells mean for a build, and how many seeds showed what. */
import type { Cell, Summary, SummaryRun } from './summary.ts';

export type Outcome = 'refuted' | 'failed' | 'unknown' | 'held';

/** What a cell counts for: a known anomaly, or a system that is broken on purpose, holds nothing up. */
export function outcomeOf({ verdict, gates, expected }: Cell): Outcome {
  if (!gates || verdict === 'valid') return 'held';
  if (verdict === 'invalid') return expected === undefined ? 'refuted' : 'held';
  return verdict === 'error' ? 'failed' : 'unknown';
}

/** The order in which outcomes outrank each other, the worst first. */
const OUTCOMES: readonly Outcome[] = ['refuted', 'failed', 'unknown', 'held'];

/** The worst outcome among the cells: what the whole campaign comes to. */
export function worstOutcome(cells: readonly Cell[]): Outcome {
  const all = new Set(cells.map(outcomeOf));
  return OUTCOMES.find((outcome) => all.has(outcome)) ?? 'held';
}

/** The cells that hold a build up, the worst first. */
export function brokenCells({ cells }: Summary): readonly Cell[] {
  return OUTCOMES.slice(0, -1).flatMap((outcome) => cells.filter((cell) => outcomeOf(cell) === outcome));
}

/** The run that shows best what is wrong with a cell: one with its verdict that nobody expected. */
export function witnessOf({ runs }: Summary, cell: Cell): SummaryRun | undefined {
  const own = runs.filter(({ id, verdict }) => cell.runs.includes(id) && verdict === cell.verdict);
  return own.find(({ expected }) => expected === undefined) ?? own[0];
}

/** `system (workload) under faults`. */
export function cellName({ system, workload, faults }: Pick<Cell, 'system' | 'workload' | 'faults'>): string {
  return `${system} (${workload}) under ${faults.join(', ') || 'no faults'}`;
}

/** `stale-read in 3 of 10 seeds, lost-write in 1`: how surely a build would have seen it. */
export function flakesOf({ anomalies, runs }: Cell): string {
  const counts = Object.entries(anomalies).sort((a, b) => b[1] - a[1]);
  return counts
    .map(
      ([name, k], i) => `${name} in ${k}${i === 0 ? ` of ${runs.length} ${runs.length === 1 ? 'seed' : 'seeds'}` : ''}`,
    )
    .join(', ');
}

/** In a sentence, how a campaign ended. */
export function conclusionOf(summary: Summary): string {
  const says = {
    refuted: 'a claim was refuted',
    failed: 'a run failed',
    unknown: 'unknown: too little was seen',
    held: 'nothing unexpected',
  }[worstOutcome(summary.cells)];
  return `${summary.runs.length} runs, seed ${summary.seed}: ${says}.`;
}
