// How the packages beside the main one install what their own package-lock.json names, each in its folder.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from './once.mjs';

const LOCK = 'package-lock.json';
const MARK = 'node_modules/.splitbrain-installed';

/** Installs in the working folder, without scripts, unless that was done; `what` ends the sentence that is shown. */
export async function install(what) {
  await once(MARK, readFileSync(LOCK, 'utf8'), () => {
    process.stderr.write(`splitbrain: installing ${what}\n`);
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  });
}

/** Runs a command, whose output goes to stderr; ends this process with 255 where it fails. */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (error) process.stderr.write(`splitbrain: could not start ${command}: ${error.message}\n`);
  if (error || status !== 0) process.exit(255);
}
