/** What is published, and what somebody meets who installs it. It asks the registry for the dependencies. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../docs-blocks.ts';

const ASKED = ['release.mjs', 'package.json', 'package-lock.json', 'checkers/package.json'];

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
    copied(folder);
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

/** What a release looks at before it packs, in a folder of its own. */
function copied(folder: string): void {
  for (const name of ['cli', 'checkers']) mkdirSync(join(folder, name));
  for (const name of [...ASKED, 'cli/published.ts']) cpSync(join(ROOT, name), join(folder, name));
}

function release(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const all = { ...process.env, GITHUB_REF_TYPE: '', ...env };
  return spawnSync(process.execPath, ['release.mjs', ...args], { cwd: folder, encoding: 'utf8', env: all });
}

it('a release is refused without a home, and with the tag of another version', () => {
  inFolder((folder) => {
    copied(folder);
    expect(release(folder, [])).toMatchObject({ status: 1, stderr: expect.stringContaining('has no repository') });
    expect(release(folder, ['--home', 'example.org'])).toMatchObject({ status: 1 });
    expect(release(folder, ['--home', 'https://example.org/who/what'])).toMatchObject({ status: 0, stderr: '' });
    const read = (file: string) => readFileSync(join(folder, file), 'utf8');
    const own = JSON.parse(read('package.json')) as object;
    const library = JSON.parse(read('checkers/package.json')) as object;
    const url = 'git+https://example.org/who/what.git';
    expect(own).toMatchObject({ repository: { url }, homepage: 'https://example.org/who/what#readme' });
    expect(library).toMatchObject({ repository: { url, directory: 'checkers' } });
    expect(own).toHaveProperty('bugs', 'https://example.org/who/what/issues');
    expect(read('cli/published.ts')).toContain('isPublished: boolean = true');
    const tagged = release(folder, [], { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v9.9.9' });
    expect(tagged).toMatchObject({ status: 1, stderr: expect.stringContaining('the tag is v9.9.9') });
  });
});

it('the release workflow builds and releases by scripts that are there, may sign provenance, and is made of tags', () => {
  const workflow = parse(readFileSync(join(ROOT, '.github/workflows/release.yml'), 'utf8'));
  expect(workflow.on).toEqual({ push: { tags: ['v*'] } });
  expect(workflow.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  const commands = workflow.jobs.publish.steps.flatMap(({ run }: { run?: string }) => run ?? []);
  expect(commands).toEqual(['npm run build', 'npm run release']);
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['build', 'release']));
  expect(readFileSync(join(ROOT, 'release.mjs'), 'utf8')).toContain("'--provenance'");
});

it('a folder that was not built says what to run, and preparing it without packages is no error', () => {
  inFolder((folder) => {
    for (const name of ['bin.mjs', 'setup.mjs', 'once.mjs', 'package.json'])
      cpSync(join(ROOT, name), join(folder, name));
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
