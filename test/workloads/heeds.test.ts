import { describe, expect, it } from 'vitest';
import { planOf, runsOf } from '../../harness/campaign/matrix.ts';
import { commandOf } from '../../harness/setting/command.ts';
import type { Setting } from '../../harness/setting/plan.ts';
import { plan } from '../../harness/setting/plan.ts';
import { prepare, type Wanted } from '../../harness/setting/setting.ts';
import { sourceOf, systemFrom } from '../../harness/setting/sources.ts';
import { systems } from '../../systems/registry.ts';
import { workloads } from '../../workloads/registry.ts';
import { HEEDED_OPTIONS, type HeededOption, type Workload, type WorkloadOptions } from '../../workloads/workload.ts';

const NODES = ['n1', 'n2', 'n3'];
const SEEDS = [1, 2, 3];
const OPTIONS = Object.keys(HEEDED_OPTIONS) as HeededOption[];

/** The calls of a few plans, drawn with these options. */
function callsOf(workload: Workload, given: Partial<WorkloadOptions>): string {
  const shape = { clients: 4, nodes: NODES, durationMs: 2000, ratePerSecond: 60, keys: 5, mix: workload.mix };
  const setting = { system: 'any', workload: workload.name, cluster: 'simulation', nodes: NODES, faults: [] } as const;
  const plans = SEEDS.map((seed) => {
    const whole: Setting = { ...setting, seed, options: { ...shape, ...given }, callTimeoutMs: 500 };
    return plan(whole, workload).calls;
  });
  return JSON.stringify(plans);
}

/**
 * Values that differ from what `callsOf` has where nothing
 * is given; of a mix each function in turn is called more often.
 */
function othersOf({ mix }: Workload, option: HeededOption): readonly Partial<WorkloadOptions>[] {
  if (option === 'keys') return [{ keys: 4 }, { keys: 9 }];
  if (option === 'skew') return [{ skew: 1 }, { skew: 3 }];
  if (option === 'lease') return [{ leaseMs: 70 }];
  if (option === 'dawdle') return [{ dawdleMs: 700 }];
  return Object.keys(mix).map((f) => ({ mix: { ...mix, [f]: 9 * mix[f]! } }));
}

/** A design, or where there is none a program, which is not started here. */
function systemFor({ name, datatype }: Workload): string {
  return systems.find((system) => system.datatype === datatype)?.name ?? `bin:${name}:./node`;
}

const wantedOf = (workload: Workload, options: Wanted['options']): Wanted => ({
  ...{ system: systemFor(workload), workload: workload.name, cluster: 'processes', seed: 1, faults: [] },
  options: { clients: 2, durationMs: 1000, ratePerSecond: 20, ...options },
});

describe.each(workloads.map((workload) => [workload.name, workload] as const))('%s', (name, workload) => {
  it.each(OPTIONS)('says truly whether it heeds %s', (option) => {
    const usual = callsOf(workload, {});
    const changed = othersOf(workload, option).some((other) => callsOf(workload, other) !== usual);
    expect(workload.heeds.includes(option)).toBe(changed);
  });

  it.each(OPTIONS)('is run with %s where it heeds that, and else refused', async (option) => {
    const system = await systemFrom(sourceOf(systemFor(workload)));
    const mix = Object.fromEntries(Object.entries(workload.mix).filter(([f]) => !system.without?.includes(f)));
    const given = {
      keys: { keys: 3 },
      skew: { skew: 1 },
      mix: { mix },
      lease: { leaseMs: 70 },
      dawdle: { dawdleMs: 700 },
    };
    const asked = prepare(wantedOf(workload, given[option]));
    if (workload.heeds.includes(option)) return expect(asked).resolves.toBeDefined();
    const heeded = ['clients', 'time', 'rate', ...workload.heeds].join(', ');
    return expect(asked).rejects.toMatchObject({
      name: 'BadInput',
      message: `${name} does not heed ${option}: it heeds ${heeded}`,
    });
  });

  it('is named by a command that says what it heeds and nothing else', async () => {
    const all = { skew: { skew: 2 }, lease: { leaseMs: 70 }, dawdle: { dawdleMs: 700 } };
    const said = Object.entries(all).flatMap(([name, one]) =>
      workload.heeds.includes(name as HeededOption) ? [one] : [],
    );
    const command = commandOf(await prepare(wantedOf(workload, Object.assign({}, ...said))));
    expect(OPTIONS.filter((option) => command.includes(`--${option} `))).toEqual(
      OPTIONS.filter((option) => workload.heeds.includes(option)),
    );
  });

  it('prepares to itself once its setting is whole', async () => {
    const { setting } = await prepare(wantedOf(workload, {}));
    expect((await prepare(setting)).setting).toEqual(setting);
  });
});

describe('a campaign', () => {
  it('tells its keys to workloads that heed them and to no others', async () => {
    const plan = await planOf({
      ...{ systems: ['mvcc/slide', 'quorum/abd', 'unique-ids/sound'], faults: ['none'], seeds: 1, seed: 1 },
      ...{
        cluster: 'simulation',
        nodes: 3,
        clients: 3,
        durationMs: 1000,
        ratePerSecond: 20,
        keys: 2,
        expectations: [],
      },
    });
    const told = [...runsOf(plan)].map(({ wanted }) => [wanted.workload, wanted.options?.keys]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['register', 2],
        ['long-fork', undefined],
        ['unique-ids', undefined],
      ]),
    );
    for (const { wanted } of runsOf(plan)) await expect(prepare(wanted)).resolves.toBeDefined();
  });
});

describe('fsync', () => {
  it('is refused in the simulation, which has no device to wait for', async () => {
    const wanted = { system: 'quorum/abd', cluster: 'simulation', fsync: true } as const;
    await expect(prepare(wanted)).rejects.toMatchObject({
      name: 'BadInput',
      message: expect.stringContaining('the simulation does not heed fsync'),
    });
    await expect(prepare({ ...wanted, cluster: 'processes' })).resolves.toBeDefined();
  });
});
