/**
 * Campaigns whose runs are made up, and what their shards would leave: thousands of them cost what a few real ones do.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Expectation } from '../../../harness/campaign/expectations.ts';
import { parseMatrix } from '../../../harness/campaign/file.ts';
import { openFolder } from '../../../harness/campaign/folder.ts';
import { worstOutcome } from '../../../harness/campaign/gate.ts';
import { Journal } from '../../../harness/campaign/journal.ts';
import { flawedOf, type Judged, summaryOf } from '../../../harness/campaign/judging.ts';
import { Ledger } from '../../../harness/campaign/ledger.ts';
import { makeRun } from '../../../harness/campaign/make.ts';
import { type Matrix, type Plan, type Planned, planOf, runsOf } from '../../../harness/campaign/matrix.ts';
import { writePart } from '../../../harness/campaign/part.ts';
import { addSums, type CellRun, type CellSum, NO_RUNS, sumOf } from '../../../harness/campaign/sum.ts';
import type { Summary } from '../../../harness/campaign/summary.ts';

export const TODAY = '2026-11-22';
export const COMMAND = 'splitbrain campaign c.yaml';
const STARTED = '2026-11-22T00:00:00.000Z';

/** All of a summary that must not depend on where runs were made, nor on how long they took. */
export function said({ runs, cells, figures, notes, planned, made, seed, command, unmade, missing }: Summary) {
  const timeless = runs.map(({ ms: _, folder: __, ...run }) => run);
  return {
    runs: timeless,
    cells,
    figures,
    notes,
    planned,
    made,
    seed,
    command,
    unmade,
    missing,
    outcome: worstOutcome(cells),
  };
}

/** What a run comes to: too little evidence in it is the rule, enough the exception. */
export interface Draft {
  readonly verdict: 'valid' | 'invalid' | 'unknown' | 'error';
  readonly anomalies: readonly string[];
  /** Of what of these nothing was seen: a function, or faults that had an effect. */
  readonly nothingOf: readonly string[];
  readonly claimed: boolean;
}

export const SOUND: Draft = { verdict: 'valid', anomalies: ['stale-read'], nothingOf: [], claimed: true };

export const draft: fc.Arbitrary<Draft> = fc.record({
  verdict: fc.oneof(
    { weight: 8, arbitrary: fc.constant('valid' as const) },
    { weight: 1, arbitrary: fc.constantFrom('invalid' as const, 'unknown' as const, 'error' as const) },
  ),
  anomalies: fc.subarray(['stale-read', 'lost-update', 'lost-write'], { minLength: 1 }),
  nothingOf: fc.subarray(['read', 'write', 'cas', 'bit']),
  claimed: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});

/**
 * A campaign of some systems with as many seeds; nothing is run with
 * processes here, it only says so, and so nothing is made again.
 */
export const matrixOf = (systems: readonly string[], faults: readonly string[], seeds: number): Matrix => ({
  ...parseMatrix({ systems: ['single-copy'] }, 'all defaults'),
  ...{ systems, faults, seeds, workloads: ['register'], cluster: 'processes' },
});

const expectation: fc.Arbitrary<Expectation> = fc.record({
  system: fc.constantFrom('quorum/abd', 'single-copy', 'quorum/slide'),
  anomalies: fc.subarray(['stale-read', 'lost-update'], { minLength: 1 }),
  reason: fc.constant('known'),
  expires: fc.constantFrom('2026-01-01', '2027-01-01'),
});

export const matrix: fc.Arbitrary<Matrix> = fc
  .record({
    systems: fc.subarray(['quorum/abd', 'single-copy', 'quorum/slide'], { minLength: 1 }),
    faults: fc.subarray(['none', 'partition'], { minLength: 1 }),
    seeds: fc.integer({ min: 1, max: 4 }),
    expectations: fc.array(expectation, { maxLength: 2 }),
  })
  .map(({ systems, faults, seeds, expectations }) => ({ ...matrixOf(systems, faults, seeds), expectations }));

/** Real runs, of which the others are made: what a run tells its cell is whatever it is today. */
const patterns = new Map<string, CellRun>();
async function patternOf({ cell, wanted, ...planned }: Planned): Promise<CellRun> {
  const known = patterns.get(cell);
  if (known) return known;
  const options = { clients: 4, durationMs: 3000, ratePerSecond: 60, keys: 2 };
  const short = { ...wanted, cluster: 'simulation' as const, options, callTimeoutMs: 300 };
  const made = await makeRun({ ...planned, cell, wanted: short }, undefined);
  patterns.set(cell, made);
  return made;
}

export async function madeUp(planned: Planned, drafted: Draft): Promise<CellRun> {
  const { verdict, anomalies, nothingOf, claimed } = drafted;
  const { id, wanted } = planned;
  const { system, workload, faults, seed } = wanted;
  const run = {
    ...{ id, folder: '', system, workload, faults, cluster: 'processes' as const, seed, verdict, ms: id.length },
    ...{ says: `${verdict}: ${id}`, anomalies: verdict === 'invalid' ? anomalies : [], operations: 10 },
    command: `splitbrain run ${id}`,
  };
  if (verdict === 'error') return { run: { ...run, operations: 0 } };
  const pattern = await patternOf(planned);
  if (!pattern.tally) throw new Error(`no run can be made up: ${pattern.run.says}`);
  const told = claimed || verdict !== 'valid' ? (pattern.claims ?? []) : [];
  return {
    ...pattern,
    ...{ run, tally: without(pattern.tally, nothingOf), claims: told.map((one) => ({ ...one, type: verdict })) },
  };
}

/** The value with every number of these names, however deep, at nothing. */
function without<T>(value: T, names: readonly string[]): T {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const thinned = Object.entries(value).map(([name, inner]) => {
    if (typeof inner === 'number') return [name, names.includes(name) ? 0 : inner];
    return [name, without(inner, names)];
  });
  return Object.fromEntries(thinned) as T;
}

export interface Campaign {
  readonly matrix: Matrix;
  readonly plan: Plan;
  readonly planned: readonly Planned[];
  readonly done: readonly CellRun[];
}

export async function campaignOf(given: Matrix, drafts: readonly Draft[]): Promise<Campaign> {
  const plan = await planOf(given);
  const planned = [...runsOf(plan)];
  const done: CellRun[] = [];
  for (const [i, one] of planned.entries()) done.push(await madeUp(one, drafts[i % drafts.length]!));
  return { matrix: given, plan, planned, done };
}

/** What the runs add up to, cell by cell, added in this order. */
function sumsOf({ plan, planned }: Campaign, done: readonly CellRun[]): ReadonlyMap<number, CellSum> {
  const places = new Map(planned.map(({ id, place }) => [id, place]));
  const sums = new Map<number, CellSum>();
  for (const made of done) {
    const place = places.get(made.run.id)!;
    sums.set(plan.cellOf(place), addSums(sums.get(plan.cellOf(place)) ?? NO_RUNS, sumOf(place, made)));
  }
  return sums;
}

/** The summary of the whole campaign, had it these runs. */
export async function wholeOf(
  campaign: Campaign,
  done: readonly CellRun[],
  more: Partial<Judged> = {},
): Promise<Summary> {
  const { seed, systems, expectations } = campaign.matrix;
  return summaryOf({
    ...{ command: COMMAND, startedAt: STARTED, today: TODAY, seed, systems, expectations, unmade: [] },
    ...{ plan: campaign.plan, sums: sumsOf(campaign, done), judging: { flawed: await flawedOf(systems) } },
    ...more,
  });
}

/** Writes what a shard leaves, without making its runs. */
export async function shardIn(folder: string, campaign: Campaign, shard: readonly [number, number]): Promise<string> {
  const { matrix: given, plan, done } = campaign;
  const places = new Map([...runsOf(plan, shard)].map(({ id, place }) => [id, place]));
  const own = done.filter(({ run }) => places.has(run.id));
  openFolder(given, folder, false);
  writePart(folder, { shards: [shard], command: COMMAND, startedAt: STARTED, expectations: given.expectations });
  const ledger = new Ledger(plan, (known) => Journal.open(folder, known));
  for (const one of own) ledger.addRun(places.get(one.run.id)!, one);
  ledger.close();
  const judging = { flawed: await flawedOf(given.systems), isShard: true };
  writeFileSync(join(folder, 'summary.json'), JSON.stringify(await wholeOf(campaign, own, { shard, judging })));
  return folder;
}

/** All shards of a campaign, in new folders. */
export async function shardsOf(campaign: Campaign, of: number, fresh: () => string): Promise<string[]> {
  const shards: string[] = [];
  for (let part = 1; part <= of; part++) shards.push(await shardIn(fresh(), campaign, [part, of]));
  return shards;
}
