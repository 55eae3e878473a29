/** From runs to a campaign's summary, whether they were made just now or are read from its shards. */
import { addPairs } from '../judging/pairs.ts';
import { sourceOf, systemFrom } from '../setting/sources.ts';
import { type CellRun, type Judging, judgeCells } from './cells.ts';
import { type Expectation, expectationFor, notesOn } from './expectations.ts';
import { labelsOf } from './labels.ts';
import type { Planned } from './matrix.ts';
import type { Summary, SummaryRun } from './summary.ts';

/** All that a summary follows from. */
export interface Judged {
  readonly command: string;
  readonly seed: number;
  readonly startedAt: string;
  /** As the campaign names them. */
  readonly systems: readonly string[];
  readonly expectations: readonly Expectation[];
  readonly shard?: readonly [part: number, of: number];
  readonly gate?: false;
  readonly planned: readonly Planned[];
  /** In the order of the plan, each with its expectation. */
  readonly done: readonly CellRun[];
  /** Why others were not made. */
  readonly unmade: readonly string[];
  readonly missing?: readonly string[];
  readonly today: string;
  readonly judging: Judging;
}

export function summaryOf(judged: Judged): Summary {
  const { command, seed, startedAt, systems, expectations, planned, done, unmade, today, judging, shard, gate } =
    judged;
  const runs = done.map(({ run }) => run);
  const { missing = [] } = judged;
  const pairs = done.map(({ tally }) => tally?.pairs ?? {}).reduce(addPairs, {});
  const short = done.length < planned.length;
  return {
    ...{ command, seed, startedAt, runs },
    cells: judgeCells(done, planned, judging),
    ...(Object.keys(pairs).length > 0 ? { pairs } : {}),
    notes: notesOn(expectations, [...labelsOf(systems).values()], runs, today),
    planned: planned.length,
    ...(short && unmade.length > 0 ? { unmade } : {}),
    ...(missing.length > 0 ? { missing } : {}),
    ...(shard ? { shard } : {}),
    ...(gate === false ? { gate } : {}),
  };
}

/** A run with the reason why its anomalies are no surprise, where all of them are expected. */
export function expecting(
  { expected: _, ...run }: SummaryRun,
  expectations: readonly Expectation[],
  today: string,
): SummaryRun {
  const { system, workload, anomalies } = run;
  const reasons = anomalies.map(
    (anomaly) => expectationFor(expectations, { system, workload, anomaly }, today)?.reason,
  );
  const [first] = reasons;
  if (first === undefined || reasons.some((reason) => reason === undefined)) return run;
  return { ...run, expected: first };
}

/** The day that expectations expire against: the one that is given, or today. */
export function todayOf(given: string | undefined): string {
  return given ?? new Date().toISOString().slice(0, 10);
}

/** Those of the systems that are broken on purpose. Rejects with `BadInput` where one cannot be loaded. */
export async function flawedOf(systems: readonly string[]): Promise<ReadonlySet<string>> {
  const flawed = new Set<string>();
  for (const system of systems) if ((await systemFrom(sourceOf(system))).flaw) flawed.add(system);
  return flawed;
}
