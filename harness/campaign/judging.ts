/** From sums to a campaign's summary, whether their runs were made just now or are read from its shards. */
import { addPairs, type Pairs } from '../judging/pairs.ts';
import { sourceOf, systemFrom } from '../setting/sources.ts';
import { type Judging, judgeCell } from './cells.ts';
import { type Expectation, expectationFor, notesOn } from './expectations.ts';
import { NO_FIGURES } from './figure-sum.ts';
import { labelsOf } from './labels.ts';
import type { Plan } from './matrix.ts';
import { type CellSum, NO_RUNS, namedRuns } from './sum.ts';
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
  readonly plan: Plan;
  /** By the cell's place in the plan. */
  readonly sums: ReadonlyMap<number, CellSum>;
  /** By the cell's place in the plan: how many runs may have been made elsewhere, and where these should be. */
  readonly lost?: ReadonlyMap<number, { readonly count: number; readonly why: string }>;
  /** Why others were not made. */
  readonly unmade: readonly string[];
  readonly missing?: readonly string[];
  readonly today: string;
  readonly judging: Judging;
}

export function summaryOf(judged: Judged): Summary {
  const { command, seed, startedAt, systems, expectations, plan, sums, lost, unmade, today, judging, shard, gate } =
    judged;
  const { missing = [] } = judged;
  const expectedOf = (run: SummaryRun) => expecting(run, expectations, today).expected;
  const counts = plan.countsOf(shard);
  const own = plan.cells.map((cell, i) => ({ cell, i, planned: counts[i]! })).filter(({ planned }) => planned > 0);
  const sumAt = (i: number) => sums.get(i) ?? NO_RUNS;
  const cells = own.map(({ cell, i, planned }) => {
    const gone = lost?.get(i);
    return judgeCell({ cell, planned, sum: sumAt(i), expectedOf, ...(gone ? { missing: gone } : {}) }, judging);
  });
  const runs = own
    .flatMap(({ i }) => namedRuns(sumAt(i)))
    .sort((a, b) => a.place - b.place)
    .map(({ run }) => expecting(run, expectations, today));
  const made = own.reduce((sum, { i }) => sum + sumAt(i).runs, 0);
  const planned = own.reduce((sum, one) => sum + one.planned, 0);
  const pairs = own.map(({ i }) => sumAt(i).tally?.pairs ?? {}).reduce<Pairs>(addPairs, {});
  return {
    ...{ version: 2, command, seed, startedAt, made, planned, cells },
    figures: own.map(({ i }) => sumAt(i).figures ?? NO_FIGURES),
    ms: own.map(({ i }) => sumAt(i).ms),
    runs,
    ...(Object.keys(pairs).length > 0 ? { pairs } : {}),
    notes: notesOn(expectations, [...labelsOf(systems).values()], cells, today),
    ...(made < planned && unmade.length > 0 ? { unmade } : {}),
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
