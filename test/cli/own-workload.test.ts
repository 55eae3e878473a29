/** A workload of the user's own through every command, from several working folders. */
import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Counterexample } from '../../harness/explore/counterexample-text.ts';
import { type Project, project } from './own-project.ts';

const SIMULATED = ['--cluster', 'simulation', '--time', '3s', '--seed', '7'];
/** The example's model under a name that only its own checker has, so that nothing built in can have judged it. */
const RENAMED = `
import { hot } from './hot.mjs';
const [{ check }] = hot.checkers;
export const own = { ...hot, name: 'own-name', checkers: [{ name: 'never-stale', check }] };
`;

let user: Project;
beforeAll(() => {
  user = project({
    'own.mjs': RENAMED,
    'ci/campaign.yaml': [
      'systems: [quorum/small-quorums]',
      'workloads: [../own.mjs#own]',
      'faults: [partition]',
      'cluster: simulation',
      'time: 3s',
      'seeds: 2',
      'claims: [{ model: never-stale, under: [partition] }]',
      '',
    ].join('\n'),
  });
  mkdirSync(join(user.folder, 'below/deep'), { recursive: true });
});
afterAll(() => user.remove());

const json = (file: string) => JSON.parse(readFileSync(join(user.folder, file), 'utf8')) as Record<string, unknown>;

describe('a workload of one’s own', () => {
  it.each([
    ['simulation', SIMULATED],
    ['processes', ['--cluster', 'processes', '--time', '2s', '--seed', '7']],
  ])('is run and judged in the cluster %s', (cluster, flags) => {
    const args = ['run', '--system', 'quorum/abd', '--workload', './hot.mjs#hot', '--faults', 'partition', '--json'];
    const { status, stdout, stderr } = user.splitbrain([...args, ...flags, '--out', `held-${cluster}`]);
    expect(status, stderr).toBe(0);
    expect(Object.keys((JSON.parse(stdout) as { checkers: object }).checkers)).toEqual(
      expect.arrayContaining(['linearizable', 'lost-writes']),
    );
    const { calls } = json(`held-${cluster}/plan.json`) as { calls: { key: string; f: string }[] };
    expect(new Set(calls.map(({ key }) => key))).toEqual(new Set(['k0']));
    expect(json(`held-${cluster}/setting.json`)).toMatchObject({
      workload: './hot.mjs#hot',
      modules: { workload: '../hot.mjs#hot' },
    });
  });

  it('judges by its own checkers, says a command that repeats it, and agrees with check', () => {
    const claims = '[{ "model": "never-stale", "under": ["partition"] }]';
    const what = [
      'run',
      '--system',
      'quorum/small-quorums',
      '--workload',
      './own.mjs#own',
      '--faults',
      'partition',
      '--rhythm',
      'storm',
    ];
    const made = user.splitbrain([...what, '--claims', claims, ...SIMULATED, '--out', 'broken']);
    expect(made.status, made.stderr).toBe(1);
    expect(made.stdout).toContain('--workload ./own.mjs#own');
    for (const [from, folder] of [
      ['.', 'broken'],
      ['below/deep', '../../broken'],
    ] as const) {
      const checked = user.splitbrain(['check', folder, '--json'], from);
      expect(checked.status, checked.stdout).toBe(1);
      expect(JSON.parse(checked.stdout)).toMatchObject({ model: 'never-stale', valid: false });
    }
  });

  it('is found again by shrink, report and replay, wherever they are called', () => {
    const small = user.splitbrain(['shrink', '../broken'], 'below');
    expect(small.status, small.stderr).toBe(1);
    expect((json('broken/counterexample.json') as unknown as Counterexample).setting.workload).toBe('../own.mjs#own');
    expect(user.splitbrain(['report', '../../broken'], 'below/deep').status).toBe(0);
    const again = user.splitbrain(['replay', '../../broken/counterexample.json', '--json'], 'below/deep');
    expect(again.status, again.stderr).toBe(1);
    expect(JSON.parse(again.stdout)).toMatchObject({ occurred: true, same: true });
  });

  it('is explored in threads, and what is found moves with the repository', () => {
    const args = ['explore', '--system', 'quorum/small-quorums', '--workload', '../hot.mjs#hot', '--runs', '100'];
    const found = user.splitbrain([...args, '--seed', '1', '--stop-at-first', '--corpus', '../corpus'], 'below');
    expect(found.status, found.stderr).toBe(1);
    const [file] = readdirSync(join(user.folder, 'corpus'));
    expect((json(`corpus/${file}`) as unknown as Counterexample).setting.workload).toBe('../hot.mjs#hot');
    expect(user.splitbrain(['replay', 'corpus']).status).toBe(1);
    renameSync(join(user.folder, 'hot.mjs'), join(user.folder, 'gone.mjs'));
    const lost = user.splitbrain(['replay', 'corpus']);
    renameSync(join(user.folder, 'gone.mjs'), join(user.folder, 'hot.mjs'));
    expect(lost.status).toBe(254);
    expect(lost.stderr).toMatch(/hot\.mjs cannot be loaded/);
  });

  it('is run by a campaign whose file names it from where the file lies, whole and in shards', () => {
    const whole = user.splitbrain(['campaign', 'ci/campaign.yaml', '--out', 'campaign']);
    expect(whole.status, whole.stderr).toBe(1);
    expect(whole.stdout).toMatch(/claims \S+, but /);
    expect(json('campaign/campaign.json')).toMatchObject({ workloads: ['./own.mjs#own'] });
    for (const shard of ['1/2', '2/2'])
      expect(
        user.splitbrain(['campaign', 'ci/campaign.yaml', '--shard', shard, '--no-gate', '--out', `parts/${shard[0]}`])
          .status,
      ).toBe(0);
    expect(user.splitbrain(['merge', 'parts', '--out', 'merged']).status).toBe(1);
    expect(user.splitbrain(['compare', 'campaign', 'merged']).status).toBe(0);
  });

  it.each([
    ['--workload', './hot.mjs#cold', /no export is called "cold": .*hot/],
    ['--workload', './none.mjs', /none\.mjs cannot be loaded/],
    ['--workload', './bad.mjs#keyless', /keyless of .*bad\.mjs is no workload: it needs a datatype/],
    ['--workload', './bad.mjs#stray', /stray of .*: calls\(\)\[0\] needs a node among n1, n2, n3/],
    ['--workload', './bad.mjs#counter', /is for systems of datatype counter, but quorum\/abd is a register/],
  ])('is refused before anything starts: %s %s', (flag, says, words) => {
    user.write(
      'bad.mjs',
      `import { hot } from './hot.mjs';
       export const keyless = { ...hot, datatype: undefined };
       export const counter = { ...hot, datatype: 'counter' };
       export const stray = { ...hot, calls: (draw, options) => hot.calls(draw, options).map((call) => ({ ...call, node: 'n9' })) };`,
    );
    const { status, stderr } = user.splitbrain(['run', '--system', 'quorum/abd', flag, says, ...SIMULATED]);
    expect(status).toBe(254);
    expect(stderr).toMatch(words);
  });

  it('is refused on its line of a campaign file, as is a claim that nothing judges', () => {
    const refusal = (text: string) => {
      user.write('wrong.yaml', `systems: [quorum/abd]\n${text}\n`);
      const { status, stderr } = user.splitbrain(['campaign', 'wrong.yaml', '--out', 'never']);
      expect(status).toBe(254);
      return stderr;
    };
    expect(refusal('workloads:\n  - register\n  - ./none.mjs#x')).toMatch(/wrong\.yaml:4: workloads\[1\]: .*none\.mjs/);
    expect(refusal('claims:\n  - model: linearisable\n    under: []')).toMatch(
      /wrong\.yaml:3: claims\[0\]\.model: no model is called "linearisable": did you mean linearizable\?/,
    );
  });
});
