import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { campaign, plan, run } from '../../../harness/index.ts';
import { prepare, type Wanted } from '../../../harness/setting/setting.ts';

describe('a setting', () => {
  it('fills in what was not said', async () => {
    const { setting } = await prepare({ system: 'quorum/abd' });
    expect(setting).toMatchObject({ workload: 'register', cluster: 'processes', nodes: ['n1', 'n2', 'n3'] });
    expect(setting).toMatchObject({ faults: ['partition'], callTimeoutMs: 1000 });
    expect(setting.options.mix, 'a majority register has no cas').not.toHaveProperty('cas');
  });

  it('prepares to itself once it is whole', async () => {
    const { setting } = await prepare({ system: 'quorum/abd', cluster: 'simulation', nodes: 5, seed: 8 });
    expect((await prepare(setting)).setting).toEqual(setting);
  });

  const bad: readonly (readonly [string, Wanted, RegExp])[] = [
    ['an unknown system', { system: 'quorum/adb' }, /"quorum\/adb": did you mean quorum\/abd/],
    ['an unknown workload', { system: 'quorum/abd', workload: 'registre' }, /did you mean register/],
    ['an unknown fault', { system: 'quorum/abd', faults: ['partitoin'] }, /did you mean partition/],
    ['an unknown cluster', { system: 'quorum/abd', cluster: 'process' as 'processes' }, /did you mean processes/],
    ['an unknown function', { system: 'quorum/abd', options: { mix: { raed: 1 } } }, /did you mean read/],
    ['no nodes', { system: 'quorum/abd', nodes: 0 }, /number of nodes is a whole number from 1 on/],
    ['a node that is no file name', { system: 'quorum/abd', nodes: ['../n1', 'n2'] }, /unlike \.\.\/n1/],
    ['half a client', { system: 'quorum/abd', options: { clients: 0.5 } }, /number of clients/],
    ['no time', { system: 'quorum/abd', options: { durationMs: 0 } }, /the time is a number above 0/],
    ['no module', { system: './nothing.js#x' }, /nothing\.js cannot be loaded/],
    [
      'no pause that a client would notice',
      { system: 'quorum/abd', faults: ['pause'], callTimeoutMs: 60_000 },
      /no pause lasts longer/,
    ],
  ];
  it.each(bad)('refuses %s', async (_, wanted, message) => {
    await expect(prepare(wanted)).rejects.toThrow(message);
    await expect(prepare(wanted)).rejects.toMatchObject({ name: 'BadInput' });
  });
});

it('every draw of every fault means something to two nodes, too', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const { plan: drawn } = await prepare({ system: 'quorum/abd', nodes: 2, seed, faults: ['everything', 'bridge'] });
    expect(drawn.faults.filter((fault) => 'targets' in fault && fault.targets === 'minority')).toEqual([]);
  }
});

describe('the public interface', () => {
  it('runs a plan that was drawn and changed', async () => {
    const wanted: Wanted = { system: 'quorum/abd', cluster: 'simulation', seed: 5, options: { durationMs: 1000 } };
    const drawn = await plan(wanted);
    const { result } = await run({ ...wanted, plan: { ...drawn, faults: [], calls: drawn.calls.slice(0, 20) } });
    expect(result.verdict, result.says).toBe('valid');
    expect(Object.values(result.tally.called).reduce((a, b) => a + b)).toBe(20);
  });

  it('runs a campaign as a file would have it, and says how it came out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'splitbrain-api-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = {
      workloads: ['register'],
      faults: ['partition'],
      seeds: 2,
      cluster: 'simulation',
      time: '2s',
    } as const;
    const held = await campaign({ systems: ['quorum/abd'], ...file }, { out: join(folder, 'held') });
    expect(held.outcome).toBe('held');
    expect(held.summary.runs).toHaveLength(2);
    await expect(campaign({ systems: ['quorum/adb'] }, { out: join(folder, 'none') })).rejects.toThrow(
      /the campaign: systems\[0\]: .*did you mean quorum\/abd/,
    );
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});
