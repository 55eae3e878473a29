import { describe, expect, it } from 'vitest';
import { clusterKinds } from '../../../harness/clusters/cluster-kinds.ts';
import { shapeOf } from '../../../harness/clusters/simulation/shape.ts';
import { renamed } from '../../../harness/explore/canonical.ts';
import { exhaustive } from '../../../harness/explore/exhaustive.ts';
import { novelty } from '../../../harness/explore/novelty.ts';
import { PORTFOLIO, strategyNamed } from '../../../harness/explore/strategies.ts';
import type { Planned } from '../../../harness/explore/trial.ts';
import { explore } from '../../../harness/explore/worker.ts';
import { fate, type Links, type Paces, SIMULATED } from '../../../harness/faults/fate.ts';
import { problemsOfPlan } from '../../../harness/faults/problems.ts';
import { mix } from '../../../harness/node/identity.ts';
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

describe.each(['pctcp', 'phases', 'restarts'])('the strategy %s', (name) => {
  const learnt = { kinds: new Set(['vote', 'voted', 'append']), novel: [] };

  it('draws the same run for the same seed, whose faults are possible', async () => {
    const system = await designFrom({ name: 'replicated-log/raft' });
    for (let seed = 1; seed <= 200; seed++) {
      const planned = strategyNamed(name).draw(seed, system, workload, learnt);
      expect(planOf(strategyNamed(name).draw(seed, system, workload, learnt))).toBe(planOf(planned));
      const problems = problemsOfPlan(planned.plan, planned, (fault) => simulation.can(fault, system)).filter(
        (problem) => !problem.startsWith('no pause'),
      );
      expect(problems, `seed ${seed}`).toEqual([]);
    }
  });
});

describe('the paces of messages', () => {
  it('let any three messages that are sent at once arrive in each order, each twice as late as the last', async () => {
    const system = await designFrom({ name: 'quorum/abd' });
    const sent = [
      { identity: mix(1, 7), from: 'n1', to: 'n2', cause: { root: 'op 1' } },
      { identity: mix(2, 7), from: 'n2', to: 'n3', cause: { root: 'op 2' } },
      { identity: mix(3, 7), from: 'n3', to: 'n1', cause: { root: 'op 3' } },
    ];
    const orders = new Map<string, number>();
    const RUNS = 4_000;
    for (let seed = 1; seed <= RUNS; seed++) {
      const { links } = strategyNamed('pctcp').draw(seed, system, workload, nothing).plan;
      const arrived = sent.map((message, i) => [i, fate(message, [], links, SIMULATED, 0).delaysMs[0]!] as const);
      arrived.sort((a, b) => a[1] - b[1]);
      const isClear = arrived.every(([, ms], i) => i === 0 || ms >= 2 * arrived[i - 1]![1]);
      const order = arrived.map(([i]) => i).join('');
      if (isClear) orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect([...orders.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
    expect(Math.min(...orders.values()) / RUNS).toBeGreaterThan(0.003);
  });

  const links = (by: Paces['by']): Links => ({
    ...{ seed: 5, calm: false, odd: {} },
    paces: { by, slow: 0.5, held: 0, untilMs: 100 },
  });
  const delayOf = (by: Paces['by'], identity: number, from: string, to: string, root: string, atMs = 0) =>
    fate({ identity, from, to, cause: { root } }, [], links(by), SIMULATED, atMs).delaysMs[0]!;
  const nodes = Array.from({ length: 40 }, (_, i) => `n${i}`);

  it('are those of its chain, both ways', () => {
    for (const node of nodes.slice(1)) {
      const slow = delayOf('link', 1, 'n0', node, 'op 1');
      if (slow > 2) expect(delayOf('link', 2, node, 'n0', 'op 2')).toBe(slow);
      const asked = delayOf('conversation', 1, 'n0', node, 'op 1');
      if (asked > 2) expect(delayOf('conversation', 2, node, 'n0', 'op 1')).toBe(asked);
    }
    const others = nodes.slice(1).map((node) => delayOf('conversation', 1, 'n0', node, 'op 1'));
    const elsewhere = nodes.slice(1).map((node) => delayOf('conversation', 1, 'n0', node, 'op 2'));
    expect(others).not.toEqual(elsewhere);
  });

  it('are slow for a share of the chains, and prompt for all once they are over', () => {
    const delays = nodes.slice(1).map((node) => delayOf('link', 1, 'n0', node, 'op 1'));
    const slow = delays.filter((ms) => ms > 2).length;
    expect([slow > 10, slow < 30, Math.max(...delays) <= 120]).toEqual([true, true, true]);
    expect(Math.max(...nodes.slice(1).map((node) => delayOf('link', 1, 'n0', node, 'op 1', 100)))).toBeLessThanOrEqual(
      2,
    );
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
