import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../../harness/campaign/summary.ts';
import { writerFile } from '../../../harness/store/folder-lock.ts';

const MAIN = new URL('../../../bin.mjs', import.meta.url).pathname;
let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'splitbrain-gate-'));
  writeFileSync(join(cwd, 'campaign.yaml'), CAMPAIGN);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const CAMPAIGN = `
systems: [quorum/abd, quorum/no-write-back]
workloads: [register]
faults: [partition, [crash, link]]
seeds: 6
cluster: simulation
time: 2s
rate: 40
keys: 2
expectations:
  - { system: quorum/no-write-back, anomalies: [stale-read, lost-update], reason: a twin }
`;

const env = { ...process.env, GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '' };
function campaign(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'campaign', ...args], {
    ...{ cwd, encoding: 'utf8', env: { ...env, ...more } },
  });
  return { status, stdout, stderr };
}

/** A summary without what time alone decides. */
function timeless(folder: string): Summary {
  const summary = JSON.parse(readFileSync(join(cwd, folder, 'summary.json'), 'utf8')) as Summary;
  return { ...summary, startedAt: '', ms: [], runs: summary.runs.map((run) => ({ ...run, ms: 0 })) };
}

/** Ids of the runs that stand in a folder's journal. */
function finishedIn(folder: string): readonly string[] {
  const file = join(cwd, folder, 'runs.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const runs = lines.map((line) => (JSON.parse(line) as { run: { id: string; verdict: string } }).run);
  return runs.flatMap(({ id, verdict }) => (verdict === 'error' ? [] : [id]));
}

/** Starts a campaign, or continues with it, and kills it with all its threads once it has made some more runs. */
async function killed(folder: string, after: number, resume: boolean): Promise<void> {
  const finished = () => finishedIn(folder).length;
  const before = finished();
  const child = spawn(
    process.execPath,
    [MAIN, 'campaign', 'campaign.yaml', '--out', folder, ...(resume ? ['--resume'] : [])],
    {
      ...{ cwd, env, stdio: 'ignore' },
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  while (child.exitCode === null && finished() < before + after) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGKILL');
  await ended;
}

describe('splitbrain campaign', () => {
  it('continues after a kill, repeats no finished run, and ends as if nothing had been', async () => {
    expect(campaign(['campaign.yaml', '--out', 'whole']).status).toBe(0);
    await killed('cut', 3, false);
    const first = finishedIn('cut');
    expect(first.length).toBeGreaterThanOrEqual(3);
    const stamp = readFileSync(join(cwd, 'cut', first[0]!, 'meta.json'), 'utf8');
    await killed('cut', 5, true);
    const { status, stdout, stderr } = campaign(['campaign.yaml', '--out', 'cut', '--resume', '--json']);
    expect(status, stderr).toBe(0);
    expect(readFileSync(join(cwd, 'cut', first[0]!, 'meta.json'), 'utf8')).toBe(stamp);
    expect(timeless('cut')).toEqual(timeless('whole'));
    expect((JSON.parse(stdout) as Summary).runs).toHaveLength(24);
  });

  it('refuses a folder that another process writes to, and one that exists', () => {
    mkdirSync(join(cwd, 'busy'));
    writeFileSync(join(cwd, 'busy', writerFile(process.pid)), '');
    const { systems, workloads } = { systems: ['quorum/abd'], workloads: ['register'] };
    writeFileSync(
      join(cwd, 'one.json'),
      JSON.stringify({ systems, workloads, faults: ['crash'], cluster: 'simulation', time: '1s' }),
    );
    const made = campaign(['one.json', '--out', 'one']);
    expect([0, 2]).toContain(made.status);
    writeFileSync(join(cwd, 'one', writerFile(process.pid)), '');
    const busy = campaign(['one.json', '--out', 'one', '--resume']);
    expect([busy.status, busy.stderr]).toEqual([254, expect.stringMatching(/being written to by process \d+/)]);
    const again = campaign(['one.json', '--out', 'one']);
    expect([again.status, again.stderr]).toEqual([254, expect.stringMatching(/it exists/)]);
    rmSync(join(cwd, 'one', writerFile(process.pid)));
    const other = campaign(['campaign.yaml', '--out', 'one', '--resume']);
    expect([other.status, other.stderr]).toEqual([254, expect.stringMatching(/is of another campaign/)]);
  });

  it('refuses a bad file in one line, before anything starts', () => {
    writeFileSync(join(cwd, 'bad.yaml'), 'systems: [quorum/abd]\nfaults:\n  - crush\n');
    const { status, stderr, stdout } = campaign(['bad.yaml', '--out', 'never']);
    expect([status, stdout]).toEqual([254, '']);
    expect(stderr).toBe('error: bad.yaml:3: faults[0]: no fault is called "crush": did you mean crash?\n');
    expect(existsSync(join(cwd, 'never'))).toBe(false);
  });

  it('refuses a module that cannot be loaded on its line', () => {
    writeFileSync(join(cwd, 'own.yaml'), 'systems:\n  - quorum/abd\n  - ./none.mjs#mine\n');
    const { status, stderr } = campaign(['own.yaml', '--out', 'never']);
    expect([status, stderr]).toEqual([
      254,
      expect.stringMatching(/^error: own\.yaml:3: systems\[1\]: .*cannot be loaded/),
    ]);
  });

  it('that fails prints what broke, what proves it and the command that repeats it, in this order and few lines', () => {
    writeFileSync(
      join(cwd, 'failing.yaml'),
      'systems: [quorum/slide]\nworkloads: [register]\nfaults: [partition]\nseeds: 3\ncluster: simulation\ntime: 3s\nrate: 60\n',
    );
    const step = join(cwd, 'step.md');
    const { status, stdout, stderr } = campaign(['failing.yaml', '--out', 'failing'], {
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: step,
    });
    expect(status).toBe(1);
    const parts = [
      /✗ quorum\/slide \(register\) under partition: [a-z-]+ \d+\/3, 95% \d+-\d+%/,
      /claims linearizable, but/,
      /again {2}npx splitbrain replay (\S+)/,
      /::group::the smallest story/,
      /3 runs, seed 1: a claim was refuted/,
    ];
    const places = parts.map((part) => stdout.search(part));
    expect(
      places.every((place) => place >= 0),
      stdout,
    ).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    const [failure = ''] = stdout.split('\n\n');
    expect(failure.split('\n').length).toBeLessThanOrEqual(12);
    expect(stderr).toMatch(/^::error file=failing\.yaml,line=1,title=splitbrain%3A refuted::/m);
    expect(readFileSync(step, 'utf8')).toBe(readFileSync(join(cwd, 'failing', 'summary.md'), 'utf8'));
    const [, file] = /again {2}npx splitbrain replay (\S+)/.exec(stdout)!;
    expect(spawnSync(process.execPath, [MAIN, 'replay', file!], { cwd }).status).toBe(1);
    const [, again] = /^splitbrain (.*)/.exec(timeless('failing').runs[0]!.command!)!;
    expect(spawnSync(process.execPath, [MAIN, ...again!.split(' ')], { cwd }).status).toBe(1);
  });

  it('holds systems to the campaign’s claims where it has some', () => {
    writeFileSync(
      join(cwd, 'claims.yaml'),
      'systems: [async-replication/sound]\nworkloads: [register]\nfaults: [partition]\nseeds: 3\ncluster: simulation\ntime: 2s\nrate: 60\nclaims: [{ model: linearizable, under: [partition] }]\n',
    );
    const { status, stdout } = campaign(['claims.yaml', '--out', 'claims']);
    expect(status).toBe(1);
    expect(stdout).toMatch(/claims linearizable, but/);
    const [, again] = /again {2}npx splitbrain replay (\S+)/.exec(stdout)!;
    expect(spawnSync(process.execPath, [MAIN, 'replay', again!], { cwd }).status).toBe(1);
  });

  it('says what a full disk did, and keeps the runs that had finished', () => {
    const small = join(cwd, 'small');
    mkdirSync(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', small], { stdio: 'ignore' });
    } catch {
      process.stderr.write('SKIPPED: a full disk, as no file system of two megabytes can be mounted here.\n');
      return;
    }
    try {
      const { status, stderr, stdout } = campaign(['campaign.yaml', '--out', 'small/c', '--parallel', '1']);
      expect(status).toBe(255);
      expect(stdout + stderr).toMatch(/cannot be written: ENOSPC/);
      const finished = finishedIn('small/c');
      expect(finished.length).toBeGreaterThan(0);
      for (const run of finished)
        expect(readFileSync(join(small, 'c', run, 'verdict.json'), 'utf8')).toMatch(/"verdict"/);
      expect(finished.length).toBeLessThan(24);
    } finally {
      execFileSync('umount', ['-l', small]);
    }
  });
});
