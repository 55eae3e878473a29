// Brings a fresh clone to the point where everything runs: installs what package-lock.json names, compiles, bundles the
// report's page; with --playground that of the playground, too. Does nothing that is already done. Speaks on stderr, so
// that `npm start -- check --json` stays JSON.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hashOf, once, remember, remembered } from './once.mjs';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));
/** What the playground is made of. */
const PLAYGROUND_PARTS = ['playground', 'report', 'harness', 'workloads', 'systems', 'checkers'];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19))
  stop(`splitbrain needs Node.js 20.19 or newer; this is ${process.version}`);

// `npm install` of this folder or of its Git URL calls it so (`prepare`): it has installed what it wants to, which of
// a folder may be nothing. Then there is nothing to compile with, and bin.mjs says what to run.
const compileOnly = process.argv.includes('--compile');
// Of an archive that was unpacked there is nothing to compile at all.
const canCompile = existsSync('tsconfig.json') && existsSync('node_modules/typescript/bin/tsc');
if (compileOnly && !canCompile) {
  if (!existsSync('dist/bundle/main.js'))
    process.stderr.write('splitbrain: nothing is compiled, as no packages are installed here: run node setup.mjs\n');
  process.exit(0);
}
const lock = hashOf(['package.json', 'package-lock.json', 'checkers/package.json'].filter(existsSync));
if (!compileOnly && remembered('node_modules/.splitbrain-installed') !== lock) {
  run('installing packages', 'npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  remember(
    'node_modules/.splitbrain-installed',
    hashOf(['package.json', 'package-lock.json', 'checkers/package.json']),
  );
}
// A package needs neither tests nor benches.
run('', process.execPath, ['node_modules/typescript/bin/tsc', '-b', ...(compileOnly ? ['cli'] : [])]);
const { bundle } = await import('./bundle.mjs');
await bundle(lock);
// What is no TypeScript: C is compiled at its first use.
for (const name of ['virtual/shim.c', 'virtual/waits.c', 'virtual/preload.cjs', 'children/power-fs.c'])
  copyFileSync(`harness/clusters/${name}`, `dist/harness/clusters/${name}`);
await bundlePages('the report', 'report/page/vite.config.mjs', 'dist/report/.page-built', ['report/page']);
// Its designs are lowered one by one, which takes seconds.
if (process.argv.includes('--playground'))
  await bundlePages('the playground', 'playground/vite.config.mjs', 'dist/playground/.site-built', PLAYGROUND_PARTS);

/** Bundles pages where anything of what they are made of has changed. */
async function bundlePages(what, config, mark, folders) {
  if (!existsSync(config)) return;
  await once(mark, hashOf(folders.flatMap(files), lock), () => {
    const options = ['--logLevel=warn', '--config', config];
    run(`bundling ${what}`, process.execPath, ['node_modules/vite/bin/vite.js', 'build', ...options]);
  });
}

function run(what, command, args) {
  if (what) process.stderr.write(`splitbrain: ${what}\n`);
  const child = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (child.error) stop(`could not start ${command}: ${child.error.message}`);
  if (child.status !== 0) stop(`${what || 'compiling'} failed`);
}

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/[\\/](node_modules|dist)([\\/]|$)/.test(entry.parentPath))
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
}

function stop(why) {
  process.stderr.write(`splitbrain: ${why}\n`);
  process.exit(255);
}
