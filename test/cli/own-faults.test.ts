/** Faults that a module of the user's own draws. */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
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
    'broken.mjs': `
      import { aimedAtNodes } from 'splitbrain';
      const meaning = (kind, more) => ({
        ...aimedAtNodes,
        ...{ kind, names: { [kind]: { says: 's', draw: () => ({ kind, targets: 'one' }) } }, covers: () => ['crash'] },
        ...{ drawnAs: 'down', words: () => kind, nodeWords: () => kind, hadEffect: () => true, hindersNodes: true },
        ...more,
      });
      const simulated = (begin) => ({ simulation: { begin } });
      const throwing = async () => { throw new Error('no luck'); };
      export const lacking = { meaning: meaning('lacking', { hadEffect: undefined }), injectors: simulated(throwing) };
      export const taken = { meaning: meaning('crash'), injectors: simulated(throwing) };
      export const elsewhere = { meaning: meaning('elsewhere'), injectors: { moon: { begin: throwing } } };
      export const processes = { meaning: meaning('only-real'), injectors: { processes: { begin: throwing } } };
      export const early = { meaning: meaning('early'), injectors: simulated(throwing) };
      export const late = { meaning: meaning('late'), injectors: simulated(async () => throwing) };
      export const endless = { meaning: meaning('endless'), injectors: simulated(async () => {}) };
      export const part = {
        meaning: meaning('part'),
        injectors: simulated((_, targets, { begin }) => begin({ kind: 'crush', targets })),
      };
    `,
    'rolling.yaml':
      'systems: [quorum/abd]\nworkloads: [register]\nfaults: [./rolling.mjs#rolling]\ncluster: simulation\ntime: 3s\n',
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

describe('a kind of fault of one’s own', () => {
  interface Seen {
    readonly fault: Crash;
    readonly began: { readonly targets: readonly string[] };
    readonly ended: { readonly hit?: readonly string[]; readonly pids?: readonly number[] };
    readonly told: { readonly words: string; readonly nodes: object };
  }

  it('counts in a campaign for the kinds that it covers', () => {
    const flags = ['--seeds', '2', '--seed', '4', '--out', 'rolling-campaign'];
    const { status, stdout, stderr } = user.splitbrain(['campaign', 'rolling.yaml', ...flags]);
    expect(status, stdout + stderr).toBe(0);
    const { cells } = json<{ readonly cells: readonly { readonly verdict: string }[] }>(
      'rolling-campaign/summary.json',
    );
    expect(cells.map(({ verdict }) => verdict)).toEqual(['valid']);
  });

  it.each([
    ['simulation', SIMULATED],
    ['processes', ['--cluster', 'processes', '--time', '3s']],
  ])('is made in the cluster %s, measured by its parts, and told by its own words', (cluster, flags) => {
    const args = [...RUN, '--faults', './rolling.mjs#rolling', ...flags, '--out', `rolling-${cluster}`];
    const { status, stdout, stderr } = user.splitbrain(args);
    expect(status, stderr).toBeLessThan(254);
    const seen = (JSON.parse(stdout) as { readonly faults: readonly Seen[] }).faults;
    const died = seen.map(({ ended }) => (cluster === 'simulation' ? ended.hit : ended.pids)?.length ?? 0);
    // One after the other; how many real processes get their turn the machine decides.
    expect(Math.max(...died)).toBeGreaterThan(cluster === 'simulation' ? 1 : 0);
    for (const { fault, began, told } of seen) {
      expect(fault.kind).toBe('rolling-restart');
      expect(began.targets).toEqual(['n1', 'n2', 'n3']);
      expect(told.words).toMatch(/^rolling restart of n1 n2 n3, \d+ ms each$/);
      expect(Object.keys(told.nodes)).toEqual(['n1', 'n2', 'n3']);
    }
    const report = readFileSync(join(user.folder, `rolling-${cluster}`, 'report.html'), 'utf8');
    expect(report).toContain('rolling restart of n1 n2 n3');
  });

  it('is part of a counterexample, which shrinks and repeats with its module and is refused without', () => {
    const found = ['--system', 'sync-replication/volatile', '--faults', './rolling.mjs#rolling', '--seed', '1'];
    expect(user.splitbrain(['run', ...found, ...SIMULATED, '--time', '10s', '--out', 'lost']).status).toBe(1);
    const shrunk = user.splitbrain(['shrink', 'lost']);
    expect(shrunk.stdout).toMatch(/counterexample\.json: .*\(\d calls?, 1 fault\)/);
    const replayed = user.splitbrain(['replay', '../lost/counterexample.json'], 'below');
    expect(replayed.stdout).toMatch(/occurred again, and every message was the same/);
    renameSync(join(user.folder, 'rolling.mjs'), join(user.folder, 'away.mjs'));
    const without = user.splitbrain(['replay', 'lost/counterexample.json']);
    renameSync(join(user.folder, 'away.mjs'), join(user.folder, 'rolling.mjs'));
    expect(without.status).toBe(254);
    expect(without.stderr).toMatch(/rolling\.mjs cannot be loaded/);
  });

  it.each([
    ['lacking', 254, /is no kind of fault: it needs the function meaning\.hadEffect/],
    ['taken', 254, /crash is a built-in kind of fault: name it otherwise/],
    ['elsewhere', 254, /no cluster is called "moon"/],
    ['processes', 254, /the simulation cannot make the fault only-real/],
    ['early', 255, /the fault early threw an error when it began: no luck/],
    ['late', 255, /the fault late threw an error when it ended: no luck/],
    ['endless', 255, /the fault endless has no end/],
    ['part', 255, /a part of the fault part \(crush\): no kind of fault is called "crush"/],
  ])('that is wrong is told: %s', (name, code, words) => {
    const { status, stderr } = user.splitbrain([...RUN, '--faults', `./broken.mjs#${name}`, ...SIMULATED]);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/\n +at /);
    expect(status).toBe(code);
  });
});
