/** What somebody sees first: `npm start`, the bare command, its version. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../docs-blocks.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'splitbrain-first-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** As it is called by its name, or by `npm start` in a checkout. */
function splitbrain(args: readonly string[], how: 'start' | 'named' = 'named') {
  const started = { npm_lifecycle_event: 'start', npm_package_name: 'splitbrain' };
  const named = { npm_lifecycle_event: '', npm_package_name: '' };
  const env = { ...process.env, GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '', ...(how === 'start' ? started : named) };
  return spawnSync(process.execPath, [join(ROOT, 'bin.mjs'), ...args], { cwd, encoding: 'utf8', env });
}

describe('the first minute', () => {
  it('npm start is green, tells a bug in twenty lines, and names pages that are there and commands that work', () => {
    const { status, stdout } = splitbrain([], 'start');
    expect(status, stdout).toBe(0);
    const [first = '', second = '', ...more] = stdout.split(/^2\. /m);
    expect(more).toEqual([]);
    expect(first.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
    expect(first).toMatch(/claims linearizable, but stale-read: .*\n(.*\n)* {3}p\d+ .*[├┝].*\n/);
    expect(second).toMatch(/40 runs, seed 1: nothing unexpected\./);
    expect(second).not.toMatch(/unknown|not run/);
    const pages = [...stdout.matchAll(/results\/\S+\.html/g)].map(([page]) => page);
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) expect(existsSync(join(cwd, page)), page).toBe(true);
    const commands = [...second.matchAll(/^ {2}npm start -- (\S.*?) {2}/gm)].map(([, command]) => command!);
    expect(commands.length).toBeGreaterThan(2);
    for (const command of commands) {
      const told = splitbrain(command.split(' '), 'start');
      expect([command, told.status === 0 || told.status === 1 || told.status === 2]).toEqual([command, true]);
    }
  });

  it('the bare command prints help', () => {
    const { status, stdout } = splitbrain([]);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^Usage: npx splitbrain \[options\] \[command\]/)]);
  });

  it('says its version', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(splitbrain(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` });
  });
});
