// Puts the compiled modules together into few files: a thousand small ones take the command line half a second to
// load, and each node of a cluster a quarter. The programs that threads and processes run are entries of their own.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';

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

/** Bundles elle-ts, and what is built upon it, where their compiled modules have changed. */
export async function bundle(version) {
  await bundled('checkers/dist', modulesIn('checkers/dist'), version, {
    outDir: 'checkers/dist/bundle',
    rolldownOptions: { input: { index: resolve('checkers/dist/index.js') } },
  });
  const wires = readdirSync('dist/databases/wire').filter((file) => file.endsWith('.js'));
  const entries = Object.fromEntries([
    ...Object.entries(ENTRIES),
    ...wires.map((file) => [`wire-${basename(file, '.js')}`, `databases/wire/${file}`]),
  ]);
  await bundled(
    'dist',
    PARTS.flatMap((part) => modulesIn(`dist/${part}`)),
    version,
    {
      outDir: 'dist/bundle',
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, resolve('dist', file)])),
        // Packages stay what they are.
        external: /^[\w@]/,
      },
    },
  );
}

async function bundled(folder, modules, version, options) {
  const hash = createHash('sha256').update(version);
  for (const name of modules) hash.update(name).update(readFileSync(name));
  const sum = hash.digest('hex');
  const mark = join(folder, '.bundled');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === sum) return;
  const { build } = await import('vite');
  const { input, external } = options.rolldownOptions;
  await build({
    configFile: false,
    logLevel: 'warn',
    plugins: [inPlace(options.outDir)],
    build: {
      ssr: true,
      outDir: options.outDir,
      copyPublicDir: false,
      minify: false,
      target: 'node20',
      rolldownOptions: {
        input,
        external,
        output: { entryFileNames: '[name].js', chunkFileNames: 'part-[name]-[hash].js' },
      },
    },
  });
  writeFileSync(mark, sum);
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
    .filter((file) => !file.startsWith(join(folder, 'bundle')))
    .sort();
}
