// Puts the compiled modules together into few files: a thousand small ones take the command line half a second to
// load, and each node of a cluster a quarter. The programs that threads and processes run are entries of their own.
import { readdirSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { hashOf, once } from './once.mjs';

/** By the name of the file in dist/bundle, what it is made of. harness/entry.ts names those that the harness starts. */
const ENTRIES = {
  main: 'cli/main.js',
  'campaign-worker': 'cli/campaign-worker.js',
  'check-worker': 'cli/check-worker.js',
  watcher: 'cli/watcher.js',
  'search-worker': 'harness/explore/worker.js',
  'strip-types': 'harness/setting/strip-types.js',
  child: 'harness/clusters/processes/child.js',
  watchdog: 'harness/clusters/children/watchdog.js',
  lab: 'harness/clusters/network/lab.js',
  // What package.json exports: a module of the user's own gets the same objects as the command line that loads it.
  index: 'harness/index.js',
  'elle-ts': 'harness/elle-ts.js',
  'fast-check': 'harness/fast-check.js',
  vitest: 'harness/vitest.js',
  databases: 'databases/database.js',
};

const PARTS = ['cli', 'databases', 'harness', 'isolation', 'report', 'systems', 'workloads'];

/** Bundles elle-ts, and what is built upon it, where their compiled modules have changed, or `packages`. */
export async function bundle(packages) {
  await bundled('checkers/dist', ['.'], { index: 'index.js' }, packages);
  const wires = readdirSync('dist/databases/wire').filter((file) => file.endsWith('.js'));
  const wireEntries = wires.map((file) => [`wire-${basename(file, '.js')}`, `databases/wire/${file}`]);
  await bundled('dist', PARTS, { ...ENTRIES, ...Object.fromEntries(wireEntries) }, packages);
}

/** Bundles these entries of a folder into its folder `bundle`; packages stay what they are. */
async function bundled(folder, parts, entries, packages) {
  const outDir = join(folder, 'bundle');
  const modules = parts.flatMap((part) => modulesIn(join(folder, part))).filter((file) => !file.startsWith(outDir));
  await once(join(folder, '.bundled'), hashOf(modules, packages), async () => {
    const { build } = await import('vite');
    const input = Object.entries(entries).map(([name, file]) => [name, resolve(folder, file)]);
    await build({
      configFile: false,
      logLevel: 'warn',
      plugins: [inPlace(outDir)],
      build: {
        ssr: true,
        outDir,
        copyPublicDir: false,
        minify: false,
        target: 'node20',
        rolldownOptions: {
          input: Object.fromEntries(input),
          external: /^[\w@]/,
          output: { entryFileNames: '[name].js', chunkFileNames: 'part-[name]-[hash].js' },
        },
      },
    });
  });
}

/** A module finds the files beside it where it was compiled to, and not where it is bundled. */
function inPlace(outDir) {
  return {
    name: 'in-place',
    transform(code, id) {
      if (!code.includes('import.meta.url')) return undefined;
      const place = JSON.stringify(relative(outDir, relative(process.cwd(), id)).replaceAll('\\', '/'));
      return { code: code.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`), map: null };
    },
  };
}

function modulesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
