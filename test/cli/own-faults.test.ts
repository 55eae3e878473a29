/** Faults that a module of the user's own draws. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Project, project } from './own-project.ts';

const RUN = ['run', '--system', 'quorum/abd', '--seed', '4', '--json'];
const SIMULATED = ['--cluster', 'simulation', '--time', '3s'];

let user: Project;
beforeAll(() => {
  user = project({
    'bad.mjs': `
      export const silent = { draw: () => ({ kind: 'pause', targets: 'one' }) };
      export const strange = { says: 's', draw: () => ({ kind: 'earthquake' }) };
      export const aimless = { says: 's', draw: () => ({ kind: 'pause' }) };
      export const timed = { says: 's', draw: () => ({ kind: 'pause', targets: 'one', fromMs: 0 }) };
      export const stray = { says: 's', draw: () => ({ kind: 'pause', targets: ['n9'] }) };
    `,
    'ci/campaign.yaml':
      'systems: [quorum/abd]\nworkloads: [register]\nfaults: [../faults.mjs#pair, [../faults.mjs#mud, clock]]\ncluster: simulation\ntime: 3s\n',
  });
  mkdirSync(join(user.folder, 'below'));
});
afterAll(() => user.remove());

interface Crash {
  readonly kind: string;
  readonly targets?: readonly string[];
}
const json = <T>(file: string) => JSON.parse(readFileSync(join(user.folder, file), 'utf8')) as T;
const faultsOf = (folder: string) => json<{ readonly faults: readonly Crash[] }>(`${folder}/plan.json`).faults;

describe('a fault of one’s own', () => {
  it.each([
    ['simulation', SIMULATED],
    ['processes', ['--cluster', 'processes', '--time', '3s']],
  ])('is drawn from the seed, and told with a command that repeats it, in the cluster %s', (cluster, flags) => {
    const args = [...RUN, '--faults', './faults.mjs#pair,./faults.mjs#mud', ...flags];
    const { status, stdout, stderr } = user.splitbrain([...args, '--out', cluster]);
    expect(status, stderr).toBeLessThan(254);
    const faults = faultsOf(cluster);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['crash', 'link']));
    const crashes = faults.filter(({ kind }) => kind === 'crash');
    for (const { targets } of crashes) expect(targets).toEqual(['n1', 'n2']);
    const seen = (JSON.parse(stdout) as { faults: { fault: Crash; began: Crash }[] }).faults;
    expect(seen.find(({ fault }) => fault.kind === 'crash')?.began.targets).toEqual(['n1', 'n2']);
    expect(json<{ command: string }>(`${cluster}/meta.json`).command).toContain('#pair,./faults.mjs#mud');
    const modules = { faults: ['../faults.mjs#pair', '../faults.mjs#mud'] };
    expect(json(`${cluster}/setting.json`)).toMatchObject({ modules });
    expect(user.splitbrain([...args, '--out', `${cluster}-again`]).status).toBeLessThan(254);
    expect(faultsOf(`${cluster}-again`)).toEqual(faults);
  });

  it('is part of a campaign whose file names it from where the file lies', () => {
    const { status, stderr } = user.splitbrain(['campaign', 'ci/campaign.yaml', '--out', 'campaign']);
    expect(status, stderr).toBeLessThan(254);
    const faults = ['./faults.mjs#pair', './faults.mjs#mud,clock'];
    expect(json('campaign/campaign.json')).toMatchObject({ faults });
  });

  it.each([
    ['./bad.mjs#silent', /silent of .* is no fault: it needs says/],
    ['./bad.mjs#strange', /draw\(\) returned .*: no kind of fault is called "earthquake"/],
    ['./bad.mjs#aimless', /targets of a pause is nothing/],
    ['./bad.mjs#timed', /fromMs is drawn by the plan/],
    ['./bad.mjs#stray', /n9 is no node of the cluster/],
    ['./none.mjs#x', /none\.mjs cannot be loaded/],
  ])('is refused before anything starts: %s', (faults, words) => {
    const { status, stderr } = user.splitbrain([...RUN, '--faults', faults, ...SIMULATED]);
    expect(status).toBe(254);
    expect(stderr).toMatch(words);
  });
});
