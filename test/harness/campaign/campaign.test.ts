import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCampaign } from '../../../harness/campaign/campaign.ts';
import type { CampaignOptions } from '../../../harness/campaign/campaign-options.ts';
import { valueDocument } from '../../../harness/campaign/document.ts';
import { readExpectations } from '../../../harness/campaign/expectations.ts';
import { parseMatrix } from '../../../harness/campaign/file.ts';
import type { Matrix } from '../../../harness/campaign/matrix.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'splitbrain-campaign-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const matrix: Matrix = {
  systems: ['quorum/abd', 'no-replication'],
  workloads: ['register'],
  faults: ['partition', 'crash,link'],
  seeds: 2,
  seed: 5,
  cluster: 'simulation',
  nodes: 3,
  clients: 6,
  durationMs: 4000,
  ratePerSecond: 60,
  keys: 2,
  callTimeoutMs: 500,
  expectations: [],
};
const known = {
  system: 'no-replication',
  anomalies: ['stale-read', 'lost-update', 'divergence', 'lost-write'],
  reason: 'a baseline',
};
const options = (name: string): CampaignOptions => ({
  out: join(parent, name),
  command: 'splitbrain campaign',
  today: '2026-11-22',
});

describe('a campaign', () => {
  it('judges each cell over its seeds, and keeps a folder for each run', async () => {
    const { summary, folder, unmade } = await runCampaign(matrix, options('a'));
    expect(unmade).toBe(0);
    expect(summary.runs).toHaveLength(8);
    expect(summary.cells).toHaveLength(4);
    const sound = summary.cells.filter(({ system }) => system === 'quorum/abd');
    expect(sound.map(({ verdict, gates }) => [verdict, gates])).toEqual([
      ['valid', true],
      ['valid', true],
    ]);
    const broken = summary.cells.filter(({ system }) => system === 'no-replication');
    for (const cell of broken) expect([cell.verdict, cell.gates, cell.expected]).toEqual(['invalid', true, undefined]);
    for (const run of summary.runs) {
      for (const file of [
        'setting.json',
        'plan.json',
        'history.jsonl',
        'messages.jsonl',
        'verdict.json',
        'meta.json',
      ]) {
        expect(existsSync(join(folder, run.folder, file)), `${run.folder}/${file}`).toBe(true);
      }
    }
  });

  it('takes known anomalies for what they are, and points out those that did not appear or have expired', async () => {
    const absent = { system: 'quorum/abd', anomalies: ['stale-read'], reason: 'long gone' };
    const expired = { ...known, system: 'single-copy', expires: '2026-01-01' };
    const { summary } = await runCampaign({ ...matrix, expectations: [known, absent, expired] }, options('b'));
    const broken = summary.cells.filter(({ system }) => system === 'no-replication');
    for (const cell of broken) expect(cell.expected).toBe('a baseline');
    expect(summary.notes.join('\n')).toMatch(/single-copy .* expired on 2026-01-01/);
    expect(summary.notes.join('\n')).toMatch(/quorum\/abd showed none of its expected anomalies/);
  });

  it('that is resumed repeats no finished run and ends with the same summary', async () => {
    const whole = await runCampaign(matrix, options('whole'));
    const begun = await runCampaign(matrix, { ...options('cut'), stopAtFirst: true });
    expect(begun.unmade).toBeGreaterThan(0);
    // The order of keys says nothing: versions write them as they like.
    const file = join(begun.folder, 'campaign.json');
    const keys = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as object);
    writeFileSync(file, JSON.stringify(Object.fromEntries(keys.reverse())));
    let made = 0;
    const resumed = await runCampaign(matrix, { ...options('cut'), resume: true, onRun: () => made++ });
    expect(made).toBe(begun.unmade);
    const timeless = ({ runs }: typeof whole.summary) => runs.map(({ ms: _, ...run }) => run);
    expect(timeless(resumed.summary)).toEqual(timeless(whole.summary));
    expect(resumed.summary.cells).toEqual(whole.summary.cells);
  });

  it('that is resumed refuses the folder of another one', async () => {
    await runCampaign({ ...matrix, seeds: 1, systems: ['quorum/abd'] }, options('c'));
    await expect(runCampaign(matrix, { ...options('c'), resume: true })).rejects.toThrow(/of another campaign/);
    await expect(runCampaign(matrix, options('c'))).rejects.toThrow(/exists|cannot be made/);
  });

  it('is split into shards that together make every run once', async () => {
    const ids: string[] = [];
    for (const part of [1, 2, 3]) {
      const { summary } = await runCampaign(matrix, { ...options(`shard ${part}`), shard: [part, 3] });
      ids.push(...summary.runs.map(({ id }) => id));
    }
    const { summary } = await runCampaign(matrix, options('all'));
    expect(ids.sort()).toEqual(summary.runs.map(({ id }) => id).sort());
  });

  it('has a report of each run where somebody writes one, and none of them changes a verdict', async () => {
    const onRun = () => {
      throw new Error('no ink');
    };
    const { summary, folder } = await runCampaign(
      { ...matrix, systems: ['quorum/abd'], seeds: 1 },
      { ...options('d'), onRun },
    );
    for (const run of summary.runs) {
      expect(run.verdict).not.toBe('error');
      expect(readFileSync(join(folder, run.folder, 'report-error.txt'), 'utf8')).toMatch(/no ink/);
    }
  });
});

describe('a campaign file', () => {
  it.each([
    [{ systems: ['quorum/abd'], fault: ['crash'] }, /key "?fault.*faults|fault.*did you mean/],
    [{ systems: [] }, /systems: a list of systems/],
    [{}, /systems: it is missing: list what to run/],
    [{ systems: ['quorum/abd'], time: '10' }, /time: a duration/],
    [{ systems: ['quorum/abd'], faults: [['crash', 3]] }, /faults\[0\]/],
    [{ systems: ['quorum/abd'], cluster: 'moon' }, /cluster: no cluster is called "moon".*processes/],
    [{ systems: ['quorum/abd'], seeds: 0 }, /seeds: a whole number from 1/],
    [
      { systems: ['quorum/abd'], expectations: [{ system: 'quorum/abd', anomalies: ['x'] }] },
      /expectations\[0\]\.reason: it is missing/,
    ],
    [[], /an object is needed/],
  ])('is refused with file and key: %j', (value, says) => {
    expect(() => parseMatrix(value, 'my.json')).toThrow(says);
    expect(() => parseMatrix(value, 'my.json')).toThrow(/^my\.json/);
  });

  it('names systems, workloads and faults that exist, or nothing starts', async () => {
    await expect(runCampaign({ ...matrix, systems: ['quorum/abc'] }, options('x'))).rejects.toThrow(/quorum\/abd/);
    await expect(runCampaign({ ...matrix, faults: ['partitoin'] }, options('x'))).rejects.toThrow(/partition/);
    await expect(runCampaign({ ...matrix, workloads: ['registr'] }, options('x'))).rejects.toThrow(/register/);
    expect(existsSync(join(parent, 'x'))).toBe(false);
  });

  it('may bring expectations along', () => {
    expect(readExpectations(valueDocument([known], 'e.json'))).toEqual([known]);
    expect(() => readExpectations(valueDocument([{ ...known, expires: 'soon' }], 'e.json'))).toThrow(/expires/);
  });
});
