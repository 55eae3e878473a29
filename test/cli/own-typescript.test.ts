/**
 * Modules in TypeScript, in threads and children alike, and
 * modules in JavaScript that Node.js takes for something else.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Project, project } from './own-project.ts';

const RUN = ['--faults', 'partition', '--seed', '5'];
const SIMULATED = [...RUN, '--cluster', 'simulation', '--time', '2s'];
const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

let user: Project;
beforeAll(() => {
  user = project({
    'hot.ts': `import type { Workload } from 'splitbrain';
      import { hot as untyped } from './hot.mjs';
      import { renamed } from './helper.ts';
      export const hot = renamed(untyped as unknown as Workload) satisfies Workload;`,
    'helper.ts': `export const renamed = <T extends { readonly name: string }>(one: T): T => ({ ...one, name: 'hot-ts' });`,
    'stale.mts': `import type { Design } from 'splitbrain';
      import { store } from './store.ts';
      const old: Record<string, unknown> = {};
      const start: Design['start'] = async (node) => {
        const replica = await (store as Design).start(node);
        const read = async (_: never, key = '') => (old[node.id + key] ??= await replica.api.read!(_, key));
        return { ...replica, api: { ...replica.api, read } };
      };
      export const stale = { ...store, name: 'my/stale', start };`,
    'enum.ts': 'export enum Level { low }\n',
    'broken.ts': 'export const a: = 1;\n',
    'late.mjs': `import './helper.ts';\nexport const store = 1;\n`,
    'package.json': '{ "type": "module" }',
    'old/package.json': '{ "type": "commonjs" }',
    'old/my.js': 'export const store = 1;\n',
    'old/asking.js': `import { store } from '../store.ts';\n`,
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        ...{ strict: true, noEmit: true, target: 'ES2023', module: 'NodeNext', types: [], skipLibCheck: true },
        ...{ verbatimModuleSyntax: true, allowImportingTsExtensions: true, erasableSyntaxOnly: true },
      },
      files: ['store.ts'],
    }),
  });
});
afterAll(() => user.remove());

describe('a system in TypeScript', () => {
  it.each([
    ['threads', SIMULATED],
    ['children', [...RUN, '--cluster', 'processes', '--time', '2s']],
  ])('is run in %s', (_, flags) => {
    const args = ['run', '--system', './store.ts#store', '--workload', './hot.ts#hot', ...flags, '--json'];
    const { status, stdout, stderr } = user.splitbrain(args);
    expect(status, stderr + stdout.slice(0, 300)).toBe(0);
  });

  it('is compiled by its user as the page shows it', () => {
    const { status, stdout } = spawnSync(process.execPath, [TSC, '-p', user.folder], { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it('is explored in threads, and its counterexample replays', () => {
    const args = ['explore', '--system', './stale.mts#stale', '--runs', '20', '--seed', '1', '--corpus', 'kept'];
    const { status, stderr } = user.splitbrain(args);
    expect(status, stderr).toBe(1);
    expect(user.splitbrain(['replay', 'kept']).status).toBe(1);
  });

  it('is part of a campaign', () => {
    user.write(
      'campaign.yaml',
      'systems: [./store.ts#store]\nworkloads: [./hot.ts#hot]\nfaults: [partition]\ncluster: simulation\ntime: 3s\nseeds: 2\n',
    );
    const { status, stdout, stderr } = user.splitbrain(['campaign', 'campaign.yaml', '--out', 'campaign']);
    expect(status, stdout + stderr).toBe(0);
  });
});

describe('a module that cannot be loaded is refused with what would help', () => {
  it.each([
    ['./enum.ts#Level', /enum\.ts: .*enum is not supported/],
    ['./broken.ts#a', /broken\.ts cannot be loaded: .*broken\.ts: /],
    ['./late.mjs#store', /loaded by TypeScript alone: name the first one \.ts, too/],
    ['./old/my.js#store', /my\.js cannot be loaded: .*name it my\.mjs, or say "type": "module" there/],
    ['./old/asking.js#store', /asking\.js cannot be loaded: .*name it asking\.mjs/],
  ])('%s', (system, words) => {
    const { status, stderr } = user.splitbrain(['run', '--system', system, ...SIMULATED]);
    expect(status).toBe(254);
    expect(stderr).toMatch(words);
  });
});
