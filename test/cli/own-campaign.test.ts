/** Campaigns that modules of the user's own export. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Project, project } from './own-project.ts';

let user: Project;
beforeAll(() => {
  user = project({
    'bad.mjs': `
      export default { systems: ['quorum/abd'], sedes: 3 };
      export const nothing = null;
      export const strange = { systems: ['quorum/adb'] };
    `,
    'below/here.mjs': "export default { systems: ['../store.ts#store'], cluster: 'simulation', time: '1s' };",
  });
});
afterAll(() => user.remove());

interface Summary {
  readonly cells: readonly { readonly system: string; readonly faults: readonly string[]; readonly runs: number }[];
}

it('is run and resumed as a campaign file is', () => {
  const { status, stderr } = user.splitbrain(['campaign', 'nightly.ts#nightly', '--out', 'out']);
  expect(status, stderr).toBeLessThan(254);
  const { cells } = JSON.parse(readFileSync(join(user.folder, 'out/summary.json'), 'utf8')) as Summary;
  expect(cells.map(({ system, faults }) => `${system} ${faults.join('+')}`)).toEqual([
    ...['quorum/abd partition', 'quorum/abd crash', 'quorum/abd partition+crash'],
    ...['./store.ts#store partition', './store.ts#store crash', './store.ts#store partition+crash'],
  ]);
  const resumed = user.splitbrain(['campaign', 'nightly.ts#nightly', '--out', 'out', '--resume']);
  expect(resumed.status, resumed.stderr).toBe(status);
});

it('names other modules from where it lies', () => {
  const { status, stderr } = user.splitbrain(['campaign', 'below/here.mjs', '--out', 'there']);
  expect(status, stderr).toBeLessThan(254);
});

it.each([
  ['bad.mjs', /bad\.mjs: sedes: .*seeds/],
  ['bad.mjs#nothing', /bad\.mjs: .*(campaign|expected|object|needed)/],
  ['bad.mjs#strange', /bad\.mjs: systems\[0\]: .*did you mean quorum\/abd/],
  ['bad.mjs#nightly', /no export is called "nightly"/],
  ['none.mjs', /none\.mjs cannot be loaded/],
])('is refused with its place where it is wrong: %s', (file, words) => {
  const { status, stderr } = user.splitbrain(['campaign', file]);
  expect(stderr).toMatch(words);
  expect(status).toBe(254);
});
