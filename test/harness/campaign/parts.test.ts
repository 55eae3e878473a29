import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCampaign } from '../../../harness/campaign/campaign.ts';
import { parseMatrix } from '../../../harness/campaign/file.ts';
import { type Matrix, planOf, runsOf } from '../../../harness/campaign/matrix.ts';

const matrix = {
  ...parseMatrix({ systems: ['single-copy'] }, 'all defaults'),
  ...{ systems: ['quorum/abd', 'single-copy'], workloads: ['register'], faults: ['none', 'crash'], seeds: 3 },
  ...{ cluster: 'simulation' as const, durationMs: 1000, ratePerSecond: 40 },
};

const plannedRuns = async (given: Matrix) => [...runsOf(await planOf(given))];

describe('a shard', () => {
  it('keeps the seeds of a cell together where there are cells enough', async () => {
    const all = await plannedRuns(matrix);
    const plan = await planOf(matrix);
    const parts = [1, 2, 3].map((part) => [...runsOf(plan, [part, 3])]);
    expect(
      parts
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(all.map(({ id }) => id).sort());
    const cells = parts.map((part) => new Set(part.map(({ cell }) => cell)));
    expect(cells.reduce((sum, own) => sum + own.size, 0)).toBe(4);
  });

  it('splits a cell where there are none', async () => {
    const one = { ...matrix, systems: ['quorum/abd'], faults: ['none'], seeds: 6 };
    const plan = await planOf(one);
    expect([1, 2, 3].map((part) => [...runsOf(plan, [part, 3])].length)).toEqual([2, 2, 2]);
  });
});

it('runs have ids of their own: what is named twice is run once, and names that differ by a sign are told apart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-ids-'));
  try {
    const text = "export const s = { name: 's', datatype: 'register', claims: [], start() {} };";
    mkdirSync(join(folder, 'a'));
    for (const file of ['a/b.mjs', 'a-b.mjs']) writeFileSync(join(folder, file), text);
    const systems = [`${folder}/a/b.mjs#s`, `${folder}/a-b.mjs#s`, `${folder}/a-b.mjs#s`];
    const planned = await plannedRuns({ ...matrix, systems, faults: ['none', 'crash', 'none'] });
    expect(planned).toHaveLength(2 * 2 * 3);
    expect(new Set(planned.map(({ id }) => id)).size).toBe(12);
    expect(new Set(planned.map(({ cell }) => cell)).size).toBe(4);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('a budget ends a campaign, and what was not run is unknown', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-parts-'));
  try {
    const { summary, unmade } = await runCampaign(
      { ...matrix, budget: { runs: 2 } },
      { out: join(folder, 'a'), command: 'splitbrain campaign' },
    );
    expect([summary.runs.length, unmade]).toEqual([2, 10]);
    expect(summary.cells.filter(({ says }) => says.startsWith('no run of it was made'))).toHaveLength(2);
    const none = await runCampaign(matrix, { out: join(folder, 'b'), command: 'splitbrain campaign', maxMs: 0 });
    expect(none.summary.cells.every(({ verdict, gates }) => verdict === 'unknown' && gates)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
