/** What is published, and what somebody meets who installs it. It asks the registry for the dependencies. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../docs-blocks.ts';

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-released-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it('a release is packed, looked at and tried in an empty folder, and with --dry-run not published', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['release.mjs', '--dry-run'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /which are not published\n(.*\n)*publint and attw have nothing to say\nthe archive alone is enough/,
  );
});

it.each([
  ['the library is of another version', 'checkers/package.json', '"version": "0.1.0"', '"version": "0.1.1"'],
  ['the lock file is of another version', 'package-lock.json', '"version": "0.1.0"', '"version": "0.0.9"'],
])('a release is refused where %s', (_, file, is, becomes) => {
  inFolder((folder) => {
    for (const name of ['release.mjs', 'package.json', 'package-lock.json', 'checkers/package.json'])
      cpSync(join(ROOT, name), join(folder, name));
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text).toContain(is);
    writeFileSync(join(folder, file), text.replace(is, becomes));
    const { status, stderr } = spawnSync(process.execPath, ['release.mjs', '--dry-run'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining(`the version is 0.1.0, and`)]);
  });
});

it('a folder that was not built says what to run, and preparing it without packages is no error', () => {
  inFolder((folder) => {
    for (const name of ['bin.mjs', 'setup.mjs', 'package.json']) cpSync(join(ROOT, name), join(folder, name));
    const prepared = spawnSync(process.execPath, ['setup.mjs', '--compile'], { cwd: folder, encoding: 'utf8' });
    expect([prepared.status, prepared.stderr]).toEqual([0, expect.stringContaining('run node setup.mjs')]);
    symlinkSync(join(folder, 'bin.mjs'), join(folder, 'splitbrain'));
    const { status, stderr } = spawnSync(process.execPath, ['splitbrain', 'run'], { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([
      255,
      expect.stringMatching(/^error: splitbrain is not built yet: run node setup\.mjs in \S+\n$/),
    ]);
  });
});
