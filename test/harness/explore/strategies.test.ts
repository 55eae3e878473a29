import { describe, expect, it } from 'vitest';
import { clusterKinds } from '../../../harness/clusters/cluster-kinds.ts';
import { shapeOf } from '../../../harness/clusters/simulation/shape.ts';
import { renamed } from '../../../harness/explore/canonical.ts';
import { exhaustive } from '../../../harness/explore/exhaustive.ts';
import { novelty } from '../../../harness/explore/novelty.ts';
import { PORTFOLIO, strategyNamed } from '../../../harness/explore/strategies.ts';
import type { Planned } from '../../../harness/explore/trial.ts';
import { explore } from '../../../harness/explore/worker.ts';
import { problemsOfPlan } from '../../../harness/faults/problems.ts';
import { designFrom } from '../../../harness/setting/sources.ts';
import { workloadNamed } from '../../../harness/setting/workload-source.ts';

const { simulation } = clusterKinds;

const workload = workloadNamed('register');
const nothing = { kinds: new Set<string>(), novel: [] };
const planOf = ({ plan, links }: { plan: Planned['plan']; links?: unknown }) => JSON.stringify([plan, links]);

function exploring(system: Awaited<ReturnType<typeof designFrom>>, strategy: string, seeds: readonly number[]) {
  const task = { system: system.name, workload: 'register', strategy, seeds, verify: false };
  return new Promise<ReturnType<typeof explore>>((resolve) =>
    setImmediate(() => resolve(explore(task, { system, workload }))),
  );
}

it('a strategy that does not exist is refused, and not searched with another', () => {
  expect(() => strategyNamed('novel')).toThrow('no strategy is called "novel": did you mean novelty?');
});

describe('the exhaustive strategy', () => {
  it('has each run of its scope once, the shortest first', async () => {
    const system = await designFrom({ name: 'quorum/abd' });
    const size = exhaustive.scope!(system, workload);
    const plans = new Set<string>();
    let calls = 0;
    for (let seed = 0; seed < 5_000; seed++) {
      const planned = exhaustive.draw(seed, system, workload, nothing);
      plans.add(planOf(planned));
      expect(planned.plan.calls.length).toBeGreaterThanOrEqual(calls);
      calls = planned.plan.calls.length;
    }
    expect(size).toBeGreaterThan(50_000);
    expect(plans.size).toBe(5_000);
    expect(planOf(exhaustive.draw(size - 1, system, workload, nothing))).not.toBe(
      planOf(exhaustive.draw(size - 2, system, workload, nothing)),
    );
    expect(exhaustive.draw(size - 1, system, workload, nothing).plan.calls.length).toBe(3);
  });

  it('finds what two calls show, and nothing in a sound system', async () => {
    const seeds = Array.from({ length: 1_500 }, (_, i) => i);
    const broken = await exploring(await designFrom({ name: 'quorum/small-quorums' }), 'exhaustive', seeds);
    expect(broken.findings.length).toBeGreaterThan(0);
    const sound = await exploring(await designFrom({ name: 'quorum/abd' }), 'exhaustive', seeds);
    expect(sound.errors).toEqual([]);
    expect(sound.findings).toEqual([]);
  });
});

describe('the novelty strategy', () => {
  it('draws changes of runs that showed something new, which still mean something', async () => {
    const system = await designFrom({ name: 'sync-replication/sound' });
    const novel = [1, 2, 3].map((seed) => PORTFOLIO.draw(seed, system, workload, nothing));
    const callsOf = ({ plan }: Planned) => JSON.stringify(plan.calls.map(({ id, f, node }) => [id, f, node]));
    const bases = new Set(novel.map(callsOf));
    let changed = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const planned = novelty.draw(seed, system, workload, { ...nothing, novel });
      if (bases.has(callsOf(planned))) changed++;
      const problems = problemsOfPlan(planned.plan, planned, (fault) => simulation.can(fault, system)).filter(
        (problem) => !problem.startsWith('no pause'),
      );
      expect(problems).toEqual([]);
    }
    expect(changed).toBeGreaterThan(100);
    expect(changed).toBeLessThan(180);
  });

  it('is steered by marks and by states of nodes: what reached new ones is kept', async () => {
    const batch = await exploring(await designFrom({ name: 'sync-replication/sound' }), 'novelty', [1, 2, 3, 4, 5, 6]);
    expect(batch.errors).toEqual([]);
    expect(batch.coverage.some((place) => place.includes(' mark leads with'))).toBe(true);
  });

  it('sees that states differ in size, not that they differ in values', () => {
    expect(shapeOf({ view: 2, log: [1, 2] })).not.toBe(shapeOf({ view: 3, log: [1, 2] }));
    expect(shapeOf({ log: [{ value: 501 }] })).toBe(shapeOf({ log: [{ value: 502 }] }));
    expect(shapeOf({ log: [1] })).not.toBe(shapeOf({ log: [1, 1] }));
    expect(shapeOf({ at: null })).not.toBe(shapeOf({}));
  });
});

describe('the names of a small plan', () => {
  it('are those of first appearance, in calls and in faults', async () => {
    const system = await designFrom({ name: 'quorum/abd' });
    const drawn = PORTFOLIO.draw(1, system, workload, nothing);
    const [call] = drawn.plan.calls;
    const calls = [
      { ...call!, id: 7, client: 4, node: 'n3', atMs: 5 },
      { ...call!, id: 3, client: 2, node: 'n1', atMs: 9 },
    ];
    const faults = [
      { id: 1, fromMs: 0, toMs: 9, kind: 'partition' as const, cut: [['n2', 'n3']] as const },
      { id: 2, fromMs: 0, toMs: 9, kind: 'crash' as const, targets: 'one' as const, disk: 'kept' as const },
    ];
    const nodes = ['n1', 'n2', 'n3'];
    const planned = renamed({ ...drawn, nodes, plan: { ...drawn.plan, calls, faults } });
    expect(planned.nodes).toEqual(['n1', 'n2', 'n3']);
    expect(planned.plan.calls.map(({ id, client, node }) => [id, client, node])).toEqual([
      [7, 0, 'n1'],
      [3, 1, 'n2'],
    ]);
    expect(planned.plan.faults[0]).toMatchObject({ cut: [['n3', 'n1']] });
    expect(planned.plan.faults[1]).toEqual(faults[1]);
    expect(renamed(planned)).toEqual(planned);
  });
});
