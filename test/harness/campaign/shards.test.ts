/** What `merge` makes of shards that failed, were cut short, are of another campaign, or are broken. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shareOf, worstOutcome } from '../../../harness/campaign/gate.ts';
import { type MergeOptions, mergeShards } from '../../../harness/campaign/merge.ts';
import { writerFile } from '../../../harness/store/folder-lock.ts';
import { campaignOf, madeUp, matrixOf, SOUND, shardIn, shardsOf, TODAY } from './made-up.ts';

let parent: string;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'splitbrain-shards-'));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));
let folders = 0;
const fresh = () => join(parent, `f${folders++}`);
const merged = (shards: readonly string[], options: MergeOptions = {}) =>
  mergeShards(shards, { out: fresh(), today: TODAY, ...options });

/** Takes a run out of a folder's journal. */
function dropped(folder: string, id: string): void {
  const file = join(folder, 'pieces.jsonl');
  const lines = readFileSync(file, 'utf8').split('\n');
  const left = lines.filter((line) => !line.includes(`"${id}"`));
  expect(left.length).toBe(lines.length - 1);
  writeFileSync(file, left.join('\n'));
}

/** A campaign of two cells with two seeds each. */
const small = () => campaignOf(matrixOf(['quorum/abd', 'single-copy'], ['partition'], 2), [SOUND]);

describe('merge', () => {
  it('knows runs that failed from the summary alone, and takes one that was made again elsewhere', async () => {
    const campaign = await small();
    const [first, ...others] = campaign.done;
    const error = await madeUp(campaign.planned[0]!, { ...SOUND, verdict: 'error' });
    const failed = { ...campaign, done: [error, ...others] };
    expect(first!.run.id).toBe(error.run.id);
    const [a, b] = (await shardsOf(failed, 2, fresh)) as [string, string];
    const { summary } = await merged([a, b]);
    expect([worstOutcome(summary.cells), summary.runs[0]!.verdict]).toEqual(['failed', 'error']);
    expect(shareOf(summary.cells[0]!)).toEqual({ judged: 1, planned: 2 });
    const again = await shardIn(fresh(), campaign, [1, 2]);
    for (const order of [
      [a, b, again],
      [again, b, a],
    ])
      expect(worstOutcome((await merged(order)).summary.cells)).toBe('held');
  });

  it('refuses one run that differs in two folders, and says in what', async () => {
    const campaign = await small();
    const other = { ...campaign, done: campaign.done.map((one) => ({ ...one, run: { ...one.run, operations: 11 } })) };
    const [a, b] = [await shardIn(fresh(), campaign, [1, 1]), await shardIn(fresh(), other, [1, 2])];
    await expect(merged([a, b])).rejects.toThrow(
      /^run quorum-abd\.register\.partition\.1 is in .* differs in operations/,
    );
    const worse = await campaignOf(campaign.matrix, [{ ...SOUND, verdict: 'invalid' }]);
    const c = await shardIn(fresh(), worse, [1, 2]);
    await expect(merged([a, c])).rejects.toThrow(/differs in .*verdict.* \((valid and invalid|invalid and valid)\)/);
  });

  it('says of a shard that was cut short that it was, and counts what it had finished', async () => {
    const campaign = await small();
    const [a, b] = (await shardsOf(campaign, 2, fresh)) as [string, string];
    rmSync(join(b, 'summary.json'));
    expect(worstOutcome((await merged([a, b])).summary.cells)).toBe('held');
    dropped(b, 'single-copy.register.partition.2');
    const { summary } = await merged([a, b]);
    expect(worstOutcome(summary.cells)).toBe('failed');
    expect(summary.cells[1]!.says).toBe(`a run of it is missing: ${b} was cut short: it has no summary.json`);
    expect(worstOutcome((await merged([a, b], { partial: true })).summary.cells)).toBe('held');
  });

  it('says that a run is gone which a shard had made', async () => {
    const campaign = await small();
    const a = await shardIn(fresh(), campaign, [1, 1]);
    dropped(a, 'single-copy.register.partition.2');
    const { summary } = await merged([a]);
    expect([worstOutcome(summary.cells), summary.missing!.join()]).toEqual([
      'failed',
      expect.stringContaining(`${a} has lost it: its pieces.jsonl has fewer runs`),
    ]);
  });

  it('lets expectations expire between shards and merge, and takes others', async () => {
    const known = { system: 'quorum/abd', anomalies: ['stale-read'], reason: 'known', expires: '2027-01-01' };
    const given = { ...matrixOf(['quorum/abd'], ['partition'], 2), expectations: [known] };
    const campaign = await campaignOf(given, [{ ...SOUND, verdict: 'invalid' }]);
    const shards = await shardsOf(campaign, 2, fresh);
    const outcome = async (options: MergeOptions) => worstOutcome((await merged(shards, options)).summary.cells);
    expect(await outcome({})).toBe('held');
    expect(await outcome({ today: '2027-01-01' })).toBe('refuted');
    expect(await outcome({ expectations: [] })).toBe('refuted');
    const back = await merged([(await merged(shards, { expectations: [] })).folder], { expectations: [known] });
    expect(worstOutcome(back.summary.cells)).toBe('held');
  });

  it('refuses what is no shard, or not of the same campaign', async () => {
    const campaign = await small();
    const a = await shardIn(fresh(), campaign, [1, 2]);
    const b = await shardIn(fresh(), await campaignOf({ ...campaign.matrix, seed: 7, keys: 1 }, [SOUND]), [2, 2]);
    await expect(merged([a, b])).rejects.toThrow(
      /is of another campaign than .*: campaign.json differs in seed, keys$/,
    );
    await expect(merged([join(parent, 'nowhere')])).rejects.toThrow(/nowhere holds no campaign: ENOENT/);
    const told = await shardIn(
      fresh(),
      {
        ...campaign,
        matrix: { ...campaign.matrix, expectations: [{ system: 'quorum/abd', anomalies: ['x'], reason: 'y' }] },
      },
      [2, 2],
    );
    await expect(merged([a, told])).rejects.toThrow(/other expectations .* --expectations/);
    writeFileSync(join(a, writerFile(1)), '');
    await expect(merged([a])).rejects.toThrow(/being written to by process 1/);
    rmSync(join(a, writerFile(1)));
    for (const [file, text, says] of [
      ['campaign.json', '{', /campaign.json is broken/],
      ['campaign.json', '{"systems": 3}', /campaign.json: systems, workloads, faults or claims is no list/],
      ['shard.json', '{}', /shard.json: shards is no list/],
      ['summary.json', '[1', /summary.json is broken/],
      ['summary.json', '{"runs": [3]}', /summary.json is no summary/],
    ] as const) {
      const bad = fresh();
      cpSync(a, bad, { recursive: true });
      writeFileSync(join(bad, file), text);
      await expect(merged([bad]), file).rejects.toThrow(says);
    }
  });

  it('takes a folder that holds shards for them', async () => {
    const campaign = await small();
    const above = fresh();
    mkdirSync(above);
    for (const part of [1, 2]) await shardIn(join(above, `s${part}`), campaign, [part, 2]);
    expect(worstOutcome((await merged([above])).summary.cells)).toBe('held');
  });
});
