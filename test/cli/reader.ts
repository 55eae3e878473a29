/** A reader of README and the guides: an empty project in which files of a page are written and commands are run. */
import { spawnSync } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ROOT } from '../docs-blocks.ts';
import { type Project, project } from './own-project.ts';

/** The project, with the command and what tests of one's own need. */
export function reader(): Project {
  const own = project({}, {});
  own.write('node_modules/.bin/splitbrain', `#!/bin/sh\nexec node "${join(ROOT, 'bin.mjs')}" "$@"\n`);
  chmodSync(join(own.folder, 'node_modules/.bin/splitbrain'), 0o755);
  for (const peer of ['vitest', 'fast-check'])
    symlinkSync(join(ROOT, 'node_modules', peer), join(own.folder, 'node_modules', peer));
  return own;
}

/** Runs one line of a block of commands as a shell does. */
export function entered(line: string, { folder }: Project): { readonly code: number | null; readonly said: string } {
  // What npx would find; it takes half a second to find it.
  const script = `PATH="$PWD/node_modules/.bin:$PATH"; npx() { "$@"; }; ${line}`;
  const env = { ...process.env, GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '' };
  return done(spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8', env }));
}

/** Runs a test of the project, which must pass. */
export function tested(file: string, { folder }: Project): void {
  const vitest = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, file];
  const ended = done(spawnSync(process.execPath, vitest, { cwd: folder, encoding: 'utf8' }));
  expect(ended).toMatchObject({ code: 0 });
}

/** How it ended, with all that it said, for whoever reads the failure. */
function done({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }) {
  return { code: status, said: stdout + stderr };
}
