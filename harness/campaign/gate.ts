/** What a campaign's cells mean for a build, and how many seeds showed what. */
import { VERDICT_WORDS } from '../judging/verdict-words.ts';
import type { Cell, Summary, SummaryRun } from './summary.ts';

export type Outcome = 'refuted' | 'failed' | 'unknown' | 'held';

/** What a cell counts for: a known anomaly, or a system that is broken on purpose, holds nothing up. */
export function outcomeOf(cell: Cell): Outcome {
  const outcome = verdictOutcome(cell);
  return outcome === 'held' && cell.lacking ? 'unknown' : outcome;
}

function verdictOutcome({ verdict, gates, expected }: Cell): Outcome {
  if (!gates || verdict === 'valid') return 'held';
  if (verdict === 'invalid') return expected === undefined ? 'refuted' : 'held';
  return verdict === 'error' ? 'failed' : 'unknown';
}

/** Whether a run shows what nobody expected. */
export function isSurprise({ verdict, expected }: SummaryRun): boolean {
  return verdict === 'error' || (verdict === 'invalid' && expected === undefined);
}

/** The order in which outcomes outrank each other, the worst first. */
export const OUTCOMES: readonly Outcome[] = ['refuted', 'failed', 'unknown', 'held'];

/** The worst outcome among the cells: what the whole campaign comes to. */
export function worstOutcome(cells: readonly Cell[]): Outcome {
  const all = new Set(cells.map(outcomeOf));
  return OUTCOMES.find((outcome) => all.has(outcome)) ?? 'held';
}

/** What was seen of a cell, whatever it counts for. */
export type Seen = 'held' | 'refuted' | 'unknown' | 'failed' | 'not run';

export function seenOf({ verdict, notRun }: Cell): Seen {
  if (notRun) return 'not run';
  return VERDICT_WORDS[verdict];
}

/** The cells that hold a build up, the worst first. */
export function brokenCells({ cells }: Summary): readonly Cell[] {
  return OUTCOMES.slice(0, -1).flatMap((outcome) => cells.filter((cell) => outcomeOf(cell) === outcome));
}

/** The run that shows best what is wrong with a cell: one with its verdict that nobody expected. */
export function witnessOf(summary: Summary, cell: Cell): SummaryRun | undefined {
  const own = namedOf(summary, cell).filter(({ verdict }) => verdict === cell.verdict);
  return own.find(({ expected }) => expected === undefined) ?? own[0];
}

const grouped = new WeakMap<readonly SummaryRun[], ReadonlyMap<string, readonly SummaryRun[]>>();

/** The runs of a cell that a summary names. */
export function namedOf({ runs }: Pick<Summary, 'runs'>, cell: Pick<Cell, 'system' | 'workload' | 'faults'>) {
  const known = grouped.get(runs);
  if (known) return known.get(cellName(cell)) ?? [];
  const groups = new Map<string, SummaryRun[]>();
  for (const run of runs) {
    const name = cellName(run);
    const group = groups.get(name);
    if (group) group.push(run);
    else groups.set(name, [run]);
  }
  grouped.set(runs, groups);
  return groups.get(cellName(cell)) ?? [];
}

/** How many runs of a cell were made, those that failed among them. */
export function madeOf({ judged, verdicts }: Cell): number {
  return judged + verdicts.error;
}

/** `system (workload) under faults`. */
export function cellName({ system, workload, faults }: Pick<Cell, 'system' | 'workload' | 'faults'>): string {
  return `${system} (${workload}) under ${faults.join(', ') || 'no faults'}`;
}

/** How many of a cell's planned runs were made and judged. */
export function shareOf({ judged, planned }: Cell): { readonly judged: number; readonly planned: number } {
  return { judged, planned };
}

/** Whether a cell has fewer runs than were planned. */
export function isShort(cell: Cell): boolean {
  const { judged, planned } = shareOf(cell);
  return judged < planned;
}

/**
 * The anomaly that most seeds showed, or what was seen; with how many
 * runs: `stale-read 3/10`, `held 4/50`, `stale-read 3/4 (of 50)`.
 */
export function cellWords(cell: Cell): string {
  const { judged, planned } = shareOf(cell);
  const [worst] = sorted(cell);
  const seen = seenOf(cell);
  if (seen === 'not run') return `${seen} 0/${planned}`;
  if (worst && cell.verdict !== 'error')
    return `${worst[0]}${planned > 1 ? ` ${worst[1]}/${judged}` : ''}${judged < planned ? ` (of ${planned})` : ''}`;
  return planned > 1 || judged < planned ? `${seen} ${judged}/${planned}` : seen;
}

/** `stale-read in 3 of 10 seeds, lost-write in 1`: how surely a build would have seen it. */
export function flakesOf(cell: Cell): string {
  const { judged } = shareOf(cell);
  return sorted(cell)
    .map(([name, k], i) => `${name} in ${k}${i === 0 ? ` of ${judged} ${judged === 1 ? 'seed' : 'seeds'}` : ''}`)
    .join(', ');
}

function sorted({ anomalies }: Cell): readonly (readonly [name: string, count: number])[] {
  return Object.entries(anomalies).sort((a, b) => b[1] - a[1]);
}

/** `1 run`, `2 runs`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** In a sentence, how many of the planned runs a cell has; nothing where it has all. */
export function shortCellText(cell: Cell): string {
  const { judged, planned } = shareOf(cell);
  if (judged >= planned) return '';
  const failed = cell.verdicts.error;
  const were = `${judged} of ${counted(planned, 'planned run')} ${judged === 1 ? 'was' : 'were'} made`;
  return `${were}${failed > 0 ? `, ${failed} failed` : ''}`;
}

/** How many runs failed. */
export function failedIn({ cells }: Pick<Summary, 'cells'>): number {
  return cells.reduce((sum, { verdicts }) => sum + verdicts.error, 0);
}

/** In sentences, that a campaign has fewer runs than were planned, and why; nothing where it has all. */
export function shortfallOf(summary: Summary): readonly string[] {
  const { made, cells, planned, unmade = [], missing = [] } = summary;
  const failed = failedIn(summary);
  const judged = made - failed;
  if (judged >= planned) return [];
  const unmadeRuns = planned - made;
  const never = cells.filter(({ notRun }) => notRun).length;
  const parts = [
    `${judged} of ${counted(planned, 'run')} ${judged === 1 ? 'was' : 'were'} made and judged`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unmadeRuns > 0 ? [`${counted(unmadeRuns, 'planned run')} ${unmadeRuns === 1 ? 'was' : 'were'} not made`] : []),
    ...(never > 0
      ? [`${never} of ${counted(cells.length, 'cell')} ${never === 1 ? 'was' : 'were'} not run at all`]
      : []),
  ];
  return [`${parts.join(', ')}.`, ...unmade, ...missing];
}

/** In a sentence, how a campaign ended. */
export function conclusionOf(summary: Summary): string {
  const { made, seed, cells, shard, planned } = summary;
  const unknown = brokenCells(summary).filter((cell) => outcomeOf(cell) === 'unknown');
  const says = {
    refuted: 'a claim was refuted',
    failed: failedIn(summary) > 0 ? 'a run failed' : 'runs are missing',
    unknown: `unknown: ${unknown.every(({ notRun, lacking }) => notRun || lacking) ? 'not all planned runs were made' : 'not enough was seen'}`,
    held: 'nothing unexpected',
  }[worstOutcome(cells)];
  const count = made === planned ? counted(planned, 'run') : `${made} of ${counted(planned, 'planned run')}`;
  const part = shard ? `shard ${shard.join(' of ')}, ` : '';
  return `${part}${count}, seed ${seed}: ${says}${shard ? ' in this part (splitbrain merge weighs all parts)' : ''}.`;
}
