/** README and the guides as a reader follows them: files are written, commands are run, in an empty project. */
import { spawnSync } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Block, blocksOf, PAGES, ROOT } from '../docs-blocks.ts';
import { type Project, project } from './own-project.ts';

/** The page on programs has a test of its own, with the languages that it needs. */
const FOLLOWED = PAGES.filter(
  (page) => page !== 'docs/programs.md' && blocksOf(page).some((block) => isCommands(block) || isTest(block)),
);

function isCommands({ language, mark }: Block): boolean {
  return language === 'sh' && /^run(:\d+)?$/.test(mark);
}

function isTest({ file = '', mark }: Block): boolean {
  return file.includes('.test.') && mark === 'run';
}

it('some pages have commands', () => {
  expect(FOLLOWED.length).toBeGreaterThan(3);
});

it.each(FOLLOWED)('%s', (page) => {
  const reader = project({}, {});
  try {
    reader.write('node_modules/.bin/splitbrain', `#!/bin/sh\nexec node "${join(ROOT, 'bin.mjs')}" "$@"\n`);
    chmodSync(join(reader.folder, 'node_modules/.bin/splitbrain'), 0o755);
    for (const peer of ['vitest', 'fast-check'])
      symlinkSync(join(ROOT, 'node_modules', peer), join(reader.folder, 'node_modules', peer));
    for (const block of blocksOf(page)) follow(block, reader);
  } finally {
    reader.remove();
  }
});

function follow(block: Block, reader: Project): void {
  const { file, mark, text } = block;
  if (mark.startsWith('norun')) return;
  if (file !== undefined) reader.write(file, text);
  if (file !== undefined && isTest(block)) {
    const vitest = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', reader.folder, file];
    expect(done(spawnSync(process.execPath, vitest, { cwd: reader.folder, encoding: 'utf8' }))).toMatchObject({
      code: 0,
    });
  }
  if (!isCommands(block)) return;
  const code = Number(mark.split(':')[1] ?? 0);
  for (const line of text.trim().split('\n')) {
    // What npx would find; it takes half a second to find it.
    const script = `PATH="$PWD/node_modules/.bin:$PATH"; npx() { "$@"; }; ${line}`;
    const env = { ...process.env, GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '' };
    expect({
      line,
      ...done(spawnSync('bash', ['-c', script], { cwd: reader.folder, encoding: 'utf8', env })),
    }).toMatchObject({ line, code });
  }
}

/** How it ended, with all that it said, for whoever reads the failure. */
function done({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }) {
  return { code: status, said: stdout + stderr };
}
