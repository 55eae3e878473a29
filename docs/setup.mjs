// Installs what package-lock.json names here, without scripts, and builds the site into docs/.vitepress/dist; the
// playground in it, which node setup.mjs --playground has bundled.
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { install, run } from '../install.mjs';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));
await install('what builds the site');
rmSync('.vitepress/pages', { recursive: true, force: true });
run(process.execPath, ['site/pages.mjs']);
run(process.execPath, ['site/api.mjs']);
cpSync('../dist/playground/site', '.vitepress/pages/public/playground', { recursive: true });
run(process.execPath, ['node_modules/vitepress/bin/vitepress.js', 'build', '.']);
process.stderr.write('splitbrain: the site is docs/.vitepress/dist\n');
