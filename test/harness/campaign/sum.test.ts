/** Sums of runs: the same bytes, whatever is added first, and the same verdicts as lists of runs gave. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectationFor } from '../../../harness/campaign/expectations.ts';
import { worstOutcome } from '../../../harness/campaign/gate.ts';
import { makeRun } from '../../../harness/campaign/make.ts';
import { Plan, planOf, runsOf } from '../../../harness/campaign/matrix.ts';
import {
  addSums,
  type CellRun,
  type CellSum,
  EARLY,
  NO_RUNS,
  namedRuns,
  sumOf,
} from '../../../harness/campaign/sum.ts';
import { campaignOf, draft, matrix, matrixOf, TODAY, wholeOf } from './made-up.ts';

/** Some real runs, with figures and tallies of all kinds. */
async function realRuns(): Promise<readonly CellRun[]> {
  const plan = await planOf({
    ...matrixOf(['quorum/no-write-back', 'async-replication/sound'], ['partition', 'crash,link', 'none'], 3),
    ...{ cluster: 'simulation', clients: 4, durationMs: 1500, ratePerSecond: 40, keys: 2, callTimeoutMs: 300 },
  });
  const runs: CellRun[] = [];
  for (const planned of runsOf(plan)) runs.push(await makeRun(planned, undefined));
  return runs;
}

/** Adds sums as a tree whose shape follows the numbers. */
function tree(sums: readonly CellSum[], turns: readonly number[]): CellSum {
  const left = [...sums];
  for (let i = 0; left.length > 1; i++) {
    const at = (turns[i % turns.length] ?? 0) % (left.length - 1);
    left.splice(at, 2, addSums(left[at]!, left[at + 1]!));
  }
  return left[0] ?? NO_RUNS;
}

describe('sums', () => {
  it('are the same bytes in whatever order and groups runs are added', async () => {
    const runs = await realRuns();
    expect(runs.every(({ tally, run }) => tally && run.figures)).toBe(true);
    const error: CellRun = { run: { ...runs[0]!.run, verdict: 'error', figures: runs[0]!.run.figures! } };
    const all = [...runs, error, runs[0]!].map((made, i) => sumOf(i % 2 === 0 ? i : i + EARLY, made));
    const whole = all.reduce(addSums, NO_RUNS);
    const bytes = JSON.stringify([whole.figures, whole.anomalies, whole.verdicts, namedRuns(whole)]);
    const shuffled = fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    const same = (sums: readonly CellSum[], turns: readonly number[]) => {
      const sum = tree(sums, turns);
      expect(sum).toEqual(whole);
      // What goes into a summary is compared byte by byte.
      expect(JSON.stringify([sum.figures, sum.anomalies, sum.verdicts, namedRuns(sum)])).toBe(bytes);
      // As they come back from a file.
      const read = sums.map((one) => JSON.parse(JSON.stringify(one)) as CellSum);
      expect(tree(read, turns)).toEqual(whole);
    };
    fc.assert(fc.property(shuffled, fc.array(fc.nat(20), { minLength: 1 }), same), { numRuns: 20 });
  });

  it('give the outcome that the list of runs has, expectations included', async () => {
    const seen = new Set<string>();
    const same = async (given: Parameters<typeof campaignOf>[0], drafts: Parameters<typeof campaignOf>[1]) => {
      const campaign = await campaignOf(given, drafts);
      const { cells, runs } = await wholeOf(campaign, campaign.done);
      for (const cell of cells) {
        const own = campaign.done.filter(
          ({ run }) => run.system === cell.system && `${run.faults}` === `${cell.faults}`,
        );
        const reason = ({ run: { system, workload, anomalies } }: CellRun) => {
          const all = anomalies.map((anomaly) =>
            expectationFor(given.expectations, { system, workload, anomaly }, TODAY),
          );
          return all.every((one) => one !== undefined) ? all[0]?.reason : undefined;
        };
        const refuted = own.filter(({ run }) => run.verdict === 'invalid');
        const surprise = refuted.find((one) => reason(one) === undefined);
        const failed = own.find(({ run }) => run.verdict === 'error');
        const undecided = own.find(({ claims = [] }) => claims.some(({ type }) => type === 'unknown'));
        const first = surprise ?? failed ?? refuted[0] ?? undecided;
        if (first) expect([cell.verdict, cell.says]).toEqual([first.run.verdict, first.run.says]);
        else expect(['valid', 'unknown']).toContain(cell.verdict);
        expect(cell.expected).toBe(surprise || failed || !refuted[0] ? undefined : reason(refuted[0]));
        for (const name of ['stale-read', 'lost-update', 'lost-write'])
          expect(cell.anomalies[name] ?? 0).toBe(own.filter(({ run }) => run.anomalies.includes(name)).length);
        seen.add(`${cell.verdict} ${cell.expected ?? ''}`);
      }
      expect(runs.map(({ id }) => id)).toEqual(campaign.planned.map(({ id }) => id));
      seen.add(worstOutcome(cells));
    };
    await fc.assert(fc.asyncProperty(matrix, fc.array(draft, { minLength: 1, maxLength: 9 }), same), {
      numRuns: 200,
      seed: 1,
    });
    expect([...seen]).toEqual(expect.arrayContaining(['invalid known', 'invalid ', 'error ', 'valid ', 'unknown ']));
  });

  it('take the same memory for ten thousand runs as for a hundred', async () => {
    const runs = await realRuns();
    const size = (count: number) => {
      let sum = NO_RUNS;
      for (let i = 0; i < count; i++) sum = addSums(sum, sumOf(EARLY + i, runs[i % runs.length]!));
      expect(namedRuns(sum).length).toBeLessThan(40);
      return JSON.stringify(sum).length;
    };
    expect(size(3_000)).toBeLessThan(1.2 * size(100));
  });
});

describe('a plan', () => {
  it('puts every run into one piece and one part, whatever its size', async () => {
    const { cells } = await planOf(matrixOf(['quorum/abd', 'single-copy'], ['none', 'partition'], 1));
    const sizes = [fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 1, max: 12 })] as const;
    const once = (seeds: number, of: number) => {
      const plan = new Plan(cells, { seeds, seed: 5, cluster: 'simulation' });
      const parts = Array.from({ length: of }, (_, i) => [i + 1, of] as const);
      const pieces = parts.flatMap((part) => [...plan.piecesOf(part)]);
      const places = pieces.flatMap((piece) => plan.placesOf(piece).map((place) => [place, piece] as const));
      expect(places.every(([place, piece]) => plan.pieceOf(place) === piece)).toBe(true);
      expect(places.length).toBe(plan.length);
      expect(new Set(places.map(([place]) => place)).size).toBe(plan.length);
      const counts = parts.map((part) => plan.countsOf(part));
      for (const cell of cells.keys()) expect(counts.reduce((sum, own) => sum + own[cell]!, 0)).toBe(seeds);
      expect(plan.at(plan.length - 1).wanted.seed).toBe(5 + seeds - 1);
    };
    fc.assert(fc.property(...sizes, once), { numRuns: 20 });
  });
});
