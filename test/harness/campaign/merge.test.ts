/**
 * A campaign's verdict does not depend on where its runs were made: merged shards are what the whole would have been.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCampaign } from '../../../harness/campaign/campaign.ts';
import { parseMatrix } from '../../../harness/campaign/file.ts';
import { madeOf, namedOf, shareOf, worstOutcome } from '../../../harness/campaign/gate.ts';
import { type Matrix, runsOf } from '../../../harness/campaign/matrix.ts';
import { type MergeOptions, mergeShards } from '../../../harness/campaign/merge.ts';
import type { Summary } from '../../../harness/campaign/summary.ts';
import { COMMAND, campaignOf, type Draft, draft, matrix, said, shardsOf, TODAY, wholeOf } from './made-up.ts';

/** Each campaign lies in a folder of its own, and is gone before the next one comes. */
let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'splitbrain-merge-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));
let folders = 0;
const fresh = () => join(parent, `f${folders++}`);
const cleared =
  <T extends unknown[]>(task: (...given: T) => Promise<void>) =>
  (...given: T) =>
    task(...given).finally(() => {
      rmSync(parent, { recursive: true });
      mkdirSync(parent);
    });

const merged = (shards: readonly string[], options: MergeOptions = {}) =>
  mergeShards(shards, { out: fresh(), today: TODAY, ...options });
const summaryIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary;

describe('merged shards', () => {
  it('are what the whole would have been: runs, cells, evidence, notes, outcome', async () => {
    const outcomes = new Set<string>();
    let alone = 0;
    const same = async (given: Matrix, drafts: readonly Draft[], of: number, turn: number) => {
      const campaign = await campaignOf(given, drafts);
      const whole = said(await wholeOf(campaign, campaign.done));
      const shards = await shardsOf(campaign, of, fresh);
      // In any order, and one of them twice.
      const order = [...shards.slice(turn % of), ...shards.slice(0, turn % of), shards[turn % of]!];
      const united = await merged(order);
      expect(said(united.summary)).toEqual(whole);
      expect(said(summaryIn(united.folder))).toEqual(JSON.parse(JSON.stringify(whole)));
      // First some of them, and then these with the others.
      const half = await merged(order.slice(0, 1 + (turn % of)), { partial: true });
      expect(said((await merged([half.folder, ...order.slice(turn % of)])).summary)).toEqual(whole);
      outcomes.add(whole.outcome);
      const unknown = shards.map(summaryIn).some(({ cells }) => cells.some(({ verdict }) => verdict === 'unknown'));
      if (whole.outcome === 'held' && unknown) alone++;
    };
    const arbitrary = [
      matrix,
      fc.array(draft, { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 1, max: 9 }),
    ] as const;
    await fc.assert(fc.asyncProperty(...arbitrary, fc.nat(), cleared(same)), { numRuns: 120 });
    expect([...outcomes].sort()).toEqual(['failed', 'held', 'refuted', 'unknown']);
    // Cases in which a shard alone had seen too little and the whole had not.
    expect(alone).toBeGreaterThan(0);
  });

  it('are weighed by all runs of a cell: which of them comes first changes no verdict', async () => {
    let weighed = 0;
    const same = async (given: Matrix, drafts: readonly Draft[]) => {
      const campaign = await campaignOf(given, drafts);
      const verdicts = ({ cells }: Summary) =>
        cells.map(({ verdict, gates, anomalies }) => [verdict, gates, anomalies]);
      const one = await wholeOf(campaign, campaign.done);
      expect(verdicts(await wholeOf(campaign, campaign.done.toReversed()))).toEqual(verdicts(one));
      weighed += one.cells.filter(({ says }) => says.includes('too little evidence')).length;
    };
    await fc.assert(fc.asyncProperty(matrix, some[1], same), { numRuns: 300 });
    expect(weighed).toBeGreaterThan(20);
  });

  it('without one of them have failed, unless refuted', async () => {
    const fails = async (given: Matrix, drafts: readonly Draft[], of: number, turn: number) => {
      const { shards, left, lost, campaign } = await withoutOne(given, drafts, of, turn);
      const { summary, unmade } = await merged(shards);
      const fewer = worstOutcome((await wholeOf(campaign, left)).cells);
      const gone = campaign.done.length - left.length;
      expect(unmade).toBe(gone);
      expect(worstOutcome(summary.cells)).toBe(gone > 0 && fewer !== 'refuted' ? 'failed' : fewer);
      if (gone > 0) expect(summary.missing!.join()).toContain(`shard ${lost} of ${of} is not among them`);
    };
    await fc.assert(fc.asyncProperty(...some, cleared(fails)), { numRuns: 100 });
  });

  it('are judged by the runs that there are, where that is asked for; where all are required, what lacks some is unknown', async () => {
    const fewer = async (given: Matrix, drafts: readonly Draft[], of: number, turn: number) => {
      const { shards, left, campaign } = await withoutOne(given, drafts, of, turn);
      const { cells } = (await merged(shards, { partial: true })).summary;
      expect(cells).toEqual((await wholeOf(campaign, left)).cells);
      for (const cell of cells) {
        expect(shareOf(cell).planned).toBe(given.seeds);
        expect(cell.notRun === true).toBe(madeOf(cell) === 0);
        if (cell.notRun) expect(worstOutcome([cell])).toBe('unknown');
      }
      const strict = (await merged(shards, { partial: true, requireAll: true })).summary;
      const before = worstOutcome(cells);
      const lacking = left.length < campaign.done.length;
      expect(worstOutcome(strict.cells)).toBe(before === 'held' && lacking ? 'unknown' : before);
    };
    await fc.assert(fc.asyncProperty(...some, cleared(fewer)), { numRuns: 100 });
  });
});

const some = [
  matrix,
  fc.array(draft, { minLength: 1, maxLength: 9 }),
  fc.integer({ min: 2, max: 5 }),
  fc.nat(),
] as const;

/** A campaign's shards but for one, and the runs that are in them. */
async function withoutOne(given: Matrix, drafts: readonly Draft[], of: number, turn: number) {
  const campaign = await campaignOf(given, drafts);
  const lost = 1 + (turn % of);
  const shards = (await shardsOf(campaign, of, fresh)).filter((_, i) => i !== lost - 1);
  const gone = new Set([...runsOf(campaign.plan, [lost, of])].map(({ id }) => id));
  return { campaign, shards, lost, left: campaign.done.filter(({ run }) => !gone.has(run.id)) };
}

describe('a campaign of simulated runs', () => {
  const simulated: Matrix = {
    ...parseMatrix({ systems: ['single-copy'] }, 'all defaults'),
    ...{ systems: ['quorum/abd', 'no-replication', 'quorum/no-write-back'], workloads: ['register'] },
    ...{ faults: ['none', 'partition', 'crash,link'], cluster: 'simulation', clients: 4, durationMs: 500 },
    ...{ ratePerSecond: 40, keys: 2, callTimeoutMs: 200 },
  };

  it('has the same cells and outcome in shards as whole, and no shard is unknown', async () => {
    const arbitrary = fc.record({
      systems: fc.subarray([...simulated.systems], { minLength: 1, maxLength: 2 }),
      faults: fc.subarray([...simulated.faults], { minLength: 1, maxLength: 2 }),
      seeds: fc.integer({ min: 1, max: 3 }),
      seed: fc.nat(1000),
      of: fc.integer({ min: 1, max: 7 }),
    });
    const same = async ({ of, ...changed }: Partial<Matrix> & { of: number }) => {
      const given = { ...simulated, ...changed };
      const options = { command: COMMAND, today: TODAY };
      const whole = await runCampaign(given, { ...options, out: fresh() });
      const shards: string[] = [];
      for (let part = 1; part <= of; part++) {
        const { folder, summary } = await runCampaign(given, { ...options, out: fresh(), shard: [part, of] });
        expect(['held', 'refuted']).toContain(worstOutcome(summary.cells));
        shards.push(folder);
      }
      const united = await merged(shards);
      expect(said(united.summary)).toEqual(said(whole.summary));
      // What broke lies in the merged folder itself.
      for (const cell of united.summary.cells.filter((one) => worstOutcome([one]) === 'refuted')) {
        const own = namedOf(united.summary, cell).filter(({ id, folder }) => folder === id);
        expect(own.length).toBeGreaterThan(0);
        for (const { id } of own) expect(existsSync(join(united.folder, id, 'history.jsonl'))).toBe(true);
      }
    };
    await fc.assert(fc.asyncProperty(arbitrary, cleared(same)), { numRuns: 15 });
  });

  it('may have shards without a run', async () => {
    const given = { ...simulated, systems: ['quorum/abd'], faults: ['partition'], seeds: 4 };
    const { summary, folder } = await runCampaign(given, { command: COMMAND, out: fresh(), shard: [5, 9] });
    expect([summary.runs, summary.cells, worstOutcome(summary.cells)]).toEqual([[], [], 'held']);
    expect(existsSync(join(folder, 'summary.json'))).toBe(true);
  });
});
