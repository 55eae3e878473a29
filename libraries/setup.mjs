// Installs the libraries that package-lock.json names here, without their scripts, and checks the types of the designs.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));
const lock = readFileSync('package-lock.json', 'utf8');
const mark = 'node_modules/.splitbrain-installed';
if (!existsSync(mark) || readFileSync(mark, 'utf8') !== lock) {
  process.stderr.write('splitbrain: installing the libraries\n');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(mark, lock);
}
run(process.execPath, ['../node_modules/typescript/bin/tsc', '-p', '.']);

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (error) process.stderr.write(`splitbrain: could not start ${command}: ${error.message}\n`);
  if (error || status !== 0) process.exit(255);
}
