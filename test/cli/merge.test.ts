/** Exit codes of shards and of their merge, and what is told of runs that were not made, from the command line. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../harness/campaign/summary.ts';

const MAIN = new URL('../../bin.mjs', import.meta.url).pathname;
let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'splitbrain-merging-'));
  // Of its four runs the first calls no write during a partition: alone that is too little evidence.
  writeFileSync(join(cwd, 'sound.yaml'), `systems: [quorum/abd]\n${REST}`);
  writeFileSync(join(cwd, 'thin.yaml'), `systems: [quorum/abd]\n${REST.replace('rate: 40', 'rate: 12')}`);
  writeFileSync(join(cwd, 'broken.yaml'), `systems: [quorum/abd, no-replication]\n${REST}`);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }), 60_000);

const REST =
  'workloads: [register]\nfaults: [partition]\ncluster: simulation\nseeds: 4\ntime: 1s\nrate: 40\nrhythm: storm\n';

function splitbrain(...args: readonly string[]) {
  const env = { ...process.env, GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd, encoding: 'utf8', env });
  return { status, stdout, stderr };
}

const summaryIn = (folder: string) => JSON.parse(readFileSync(join(cwd, folder, 'summary.json'), 'utf8')) as Summary;

function shards(file: string, of: number, folder: string, ...flags: readonly string[]): (number | null)[] {
  return Array.from({ length: of }, (_, i) => {
    const out = `${folder}/${i + 1}`;
    return splitbrain('campaign', file, '--shard', `${i + 1}/${of}`, '--out', out, ...flags).status;
  });
}

describe('splitbrain merge', () => {
  it('ends as the whole does, where a shard alone has too little evidence; a shard may be empty', () => {
    const whole = splitbrain('campaign', 'sound.yaml', '--out', 'whole');
    expect(whole.status, whole.stdout).toBe(0);
    expect(shards('sound.yaml', 5, 'five')).toEqual([0, 0, 0, 0, 0]);
    expect(summaryIn('five/5').runs).toEqual([]);
    // With fewer calls one run is unknown alone, as a campaign, and no failure as a shard; the whole is held.
    expect(splitbrain('campaign', 'thin.yaml', '--seeds', '1', '--out', 'alone').status).toBe(2);
    expect(shards('thin.yaml', 4, 'thin')).toEqual([0, 0, 0, 0]);
    expect(splitbrain('merge', 'thin', '--out', 'thin-all').status).toBe(0);
    const folders = readdirSync(join(cwd, 'five')).map((name) => `five/${name}`);
    const merged = splitbrain('merge', ...folders, '--out', 'all');
    expect(merged.status, merged.stderr).toBe(0);
    expect(summaryIn('all').cells).toEqual(summaryIn('whole').cells);
    expect(summaryIn('all').command).toBe(summaryIn('whole').command);
    const files = (folder: string) => readdirSync(join(cwd, folder)).filter((name) => name.includes('.'));
    for (const file of files('whole').filter((name) => !existsSync(join(cwd, 'whole', name, 'verdict.json'))))
      expect(existsSync(join(cwd, 'all', file)), file).toBe(true);
    // One folder that holds them, and a merge of what was merged.
    expect(splitbrain('merge', 'five', '--out', 'again').status).toBe(0);
    expect(splitbrain('merge', 'all', 'again', '--out', 'thrice').status).toBe(0);
    expect(summaryIn('thrice').cells).toEqual(summaryIn('whole').cells);
  });

  it('fails without a shard, which --partial makes fewer runs, and --require-all unknown', () => {
    const some = ['merge', 'five/1', 'five/2', 'five/3', 'five/5'];
    const lost = splitbrain(...some, '--out', 'lost');
    expect(lost.status, lost.stderr).toBe(255);
    expect(lost.stdout).toMatch(/incomplete: 3 of 4 runs were made and judged.*shard 4 of 5 is not among them/);
    const partly = splitbrain(...some, '--partial', '--out', 'partly');
    expect(partly.status, partly.stdout).toBe(0);
    expect(partly.stdout).toMatch(/✓ held 3\/4$/m);
    expect(splitbrain(...some, '--partial', '--require-all', '--out', 'strict').status).toBe(2);
    // A shard that comes later makes it whole.
    expect(splitbrain('merge', 'partly', 'five/4', '--out', 'late').status).toBe(0);
    expect(summaryIn('late').cells).toEqual(summaryIn('whole').cells);
  });

  it('refutes what a shard refuted, with its story and its report beside it, though another shard is missing', () => {
    expect(shards('broken.yaml', 2, 'open')).toEqual([0, 1]);
    expect(shards('broken.yaml', 2, 'gated', '--no-gate')).toEqual([0, 0]);
    renameSync(join(cwd, 'gated/1'), join(cwd, 'elsewhere'));
    const merged = splitbrain('merge', 'gated/2', '--out', 'half');
    expect(merged.status, merged.stderr).toBe(1);
    expect(merged.stdout).toMatch(/✗ .*\n {4}claims \S+, but /);
    const [, again] = /again {2}npx splitbrain replay (\S+)/.exec(merged.stdout)!;
    expect(splitbrain('replay', again!).status).toBe(1);
    const [, see] = /see {4}(\S+report\.html)/.exec(merged.stdout)!;
    expect(see).toMatch(/^half\//);
    expect(existsSync(join(cwd, see!))).toBe(true);
  });

  it('makes the run that shows what broke again where its folder is not there', () => {
    for (const run of summaryIn('gated/2').runs) rmSync(join(cwd, 'gated/2', run.folder, 'verdict.json'));
    const merged = splitbrain('merge', 'gated/2', 'elsewhere', '--out', 'made');
    expect(merged.status, merged.stderr).toBe(1);
    const [, see] = /see {4}(\S+report\.html)/.exec(merged.stdout)!;
    expect(existsSync(join(cwd, see!))).toBe(true);
  });

  it('says in one line what is wrong with its arguments', () => {
    for (const [args, says] of [
      [['merge', 'nowhere'], /^error: nowhere holds no campaign: ENOENT/],
      [['merge', 'whole', 'elsewhere'], /^error: elsewhere is of another campaign than whole: .* in systems\n$/],
      [['merge', 'whole', '--out', 'whole'], /^error: whole cannot be made: it exists/],
      [['merge'], /^error: missing required argument 'folders'/],
      [['campaign', 'sound.yaml', '--shard', '1/2', '--require-all'], /^error: .*splitbrain merge\n$/],
    ] as const) {
      const { status, stdout, stderr } = splitbrain(...args);
      expect([status, stdout], stderr).toEqual([254, '']);
      expect(stderr).toMatch(says);
    }
  });
});

describe('splitbrain campaign with a bound', () => {
  it('ends with 2 where a cell was not run, and where all runs are required; else by the runs that there are', () => {
    writeFileSync(join(cwd, 'bound.yaml'), `systems: [quorum/abd]\n${REST.replace('1s', '3s')}budget: { runs: 2 }\n`);
    const held = splitbrain('campaign', 'bound.yaml', '--out', 'b1');
    expect(held.status, held.stdout).toBe(0);
    expect(held.stdout).toContain('incomplete: 2 of 4 runs were made and judged, 2 planned runs were not made.');
    expect(splitbrain('campaign', 'bound.yaml', '--out', 'b2', '--require-all').status).toBe(2);
    const text = readFileSync(join(cwd, 'bound.yaml'), 'utf8')
      .replace('runs: 2', 'runs: 1')
      .replace('[partition]', '[partition, crash]');
    writeFileSync(join(cwd, 'never.yaml'), text);
    const never = splitbrain('campaign', 'never.yaml', '--out', 'b3');
    expect(never.status, never.stdout).toBe(2);
    expect(never.stdout).toMatch(/- not run 0\/4$/m);
    expect(splitbrain('campaign', 'never.yaml', '--out', 'b4', '--no-gate').status).toBe(0);
  });

  it('ends with 255 where a run failed, gate or none', () => {
    const system = `export const dies = {
      name: 'dies', datatype: 'register', claims: [],
      async start() { throw new Error('no start'); },
    };\n`;
    writeFileSync(join(cwd, 'dies.mjs'), system);
    writeFileSync(join(cwd, 'dies.yaml'), `systems: ['./dies.mjs#dies']\n${REST}`);
    expect(splitbrain('campaign', 'dies.yaml', '--out', 'd').status).toBe(255);
    expect(shards('dies.yaml', 2, 'dies', '--no-gate')).toEqual([255, 255]);
    const merged = splitbrain('merge', 'dies', '--out', 'dead');
    expect(merged.status, merged.stderr).toBe(255);
    expect(summaryIn('dead').runs.map(({ verdict }) => verdict)).toEqual(['error', 'error', 'error', 'error']);
    writeFileSync(join(cwd, 'dies.mjs'), `${system}// changed\n`);
    const changed = splitbrain('merge', 'dies', '--out', 'changed');
    expect([changed.status, changed.stderr]).toEqual([254, expect.stringMatching(/modules .* are others/)]);
  });
});
