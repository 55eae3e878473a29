// Installs what package-lock.json names here, without scripts, and builds the site into docs/.vitepress/dist.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));
const lock = readFileSync('package-lock.json', 'utf8');
const mark = 'node_modules/.splitbrain-installed';
if (!existsSync(mark) || readFileSync(mark, 'utf8') !== lock) {
  process.stderr.write('splitbrain: installing what builds the site\n');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(mark, lock);
}
rmSync('.vitepress/pages', { recursive: true, force: true });
run(process.execPath, ['site/pages.mjs']);
run(process.execPath, ['site/api.mjs']);
run(process.execPath, ['node_modules/vitepress/bin/vitepress.js', 'build', '.']);
process.stderr.write('splitbrain: the site is docs/.vitepress/dist\n');

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (error) process.stderr.write(`splitbrain: could not start ${command}: ${error.message}\n`);
  if (error || status !== 0) process.exit(255);
}
