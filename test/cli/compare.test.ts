import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILES } from '../../cli/init.ts';
import type { Summary } from '../../harness/campaign/summary.ts';
import type { SideBySide } from '../../harness/compare/side-by-side.ts';

const MAIN = new URL('../../bin.mjs', import.meta.url).pathname;
let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'splitbrain-compare-'));
  writeFileSync(join(cwd, 'my-system.mjs'), FILES['my-system.mjs']!);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function compare(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'compare', ...args], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('splitbrain compare', () => {
  it('compares built-in systems with one of one’s own, and leaves a page, JSON and CSV', () => {
    const systems = 'quorum/abd,./my-system.mjs#mine,async-replication/sound';
    const { status, stdout, stderr } = compare(
      '--systems',
      systems,
      '--faults',
      'none,partition+clock',
      '--seeds',
      '2',
      '--out',
      'a',
    );
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^quorum\/abd +linearizable +linearizable$/m);
    expect(stdout).toMatch(/^\.\/my-system\.mjs#mine +linearizable/m);
    expect(stdout).toContain(
      `again  npx splitbrain compare --systems ${systems} --faults none,partition+clock --seeds 2 --seed 1`,
    );
    const summary = JSON.parse(readFileSync(join(cwd, 'a', 'summary.json'), 'utf8')) as Summary;
    expect(summary.runs).toHaveLength(12);
    expect(readFileSync(join(cwd, 'a', 'index.html'), 'utf8')).toContain('"kind":"comparison"');
    expect(readFileSync(join(cwd, 'a', 'comparison.csv'), 'utf8').split('\r\n').length).toBeGreaterThan(60);
  });

  it('sets two results side by side', () => {
    compare('--systems', 'quorum/abd', '--faults', 'partition', '--seeds', '2', '--out', 'b');
    const same = compare('a', 'a', '--json');
    expect([same.status, (JSON.parse(same.stdout) as SideBySide).changes]).toEqual([0, []]);
    const { status, stdout } = compare('a', 'b');
    // No cell is in both.
    expect(status).toBe(2);
    expect(stdout).toMatch(/^## From a to b$/m);
    expect(stdout).toContain('| new | quorum/abd (register) under partition | - -> held |  |');
    expect(stdout).toContain('No cell is in both a and b.');
    expect(stdout).not.toContain('changed');
    for (const [system, out] of [
      ['quorum/abd', 'r1'],
      ['async-replication/slide', 'r2'],
    ] as const)
      spawnSync(
        process.execPath,
        [
          MAIN,
          'run',
          '--system',
          system,
          '--faults',
          'partition',
          '--cluster',
          'simulation',
          '--time',
          '3s',
          '--seed',
          '2',
          '--out',
          out,
        ],
        { cwd },
      );
    expect(compare('r1', 'r2').stdout).toMatch(
      /### Worse[\s\S]*\| linearizable \| held in 1 of 1, clean 100% \| held in 0 of 1/,
    );
  });

  it('says in one line what is wrong with its arguments', () => {
    for (const [args, says] of [
      [['--systems', 'quorum/abf'], /^error: no system is called "quorum\/abf": did you mean quorum\/abd\?\n$/],
      [['--faults', 'partitoin'], /^error: no fault is called "partitoin": did you mean partition\?\n$/],
      [['a'], /^error: a is a folder: name a second one/],
      [['a', 'none'], /^error: none is not a result folder/],
      [['a', 'b', 'c'], /^error: two results are set side by side, not more\n$/],
      [['--systems', 'quorum/abd', '--out', 'a'], /^error: a cannot be made: it exists/],
    ] as const) {
      const { status, stdout, stderr } = compare(...args);
      expect([status, stdout], stderr).toEqual([254, '']);
      expect(stderr).toMatch(says);
    }
    expect(existsSync(join(cwd, 'results'))).toBe(false);
  });
});
