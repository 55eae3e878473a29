import { beforeAll, describe, expect, it } from 'vitest';
import { clusterKinds } from '../../../harness/clusters/cluster-kinds.ts';
import { parseCounterexample } from '../../../harness/explore/counterexample.ts';
import type { Counterexample } from '../../../harness/explore/counterexample-text.ts';
import { replay } from '../../../harness/explore/replay.ts';
import { counterexample } from '../../../harness/explore/shrunk-example.ts';
import { steps, story } from '../../../harness/explore/story.ts';
import { PORTFOLIO, STRATEGIES } from '../../../harness/explore/strategies.ts';
import type { Task } from '../../../harness/explore/tasks.ts';
import { when } from '../../../harness/explore/when.ts';
import { explore } from '../../../harness/explore/worker.ts';
import { problemsOfPlan } from '../../../harness/faults/problems.ts';
import { designFrom } from '../../../harness/setting/sources.ts';
import { workloadNamed } from '../../../harness/setting/workload-source.ts';

const { simulation } = clusterKinds;

const workload = workloadNamed('register');
const seeds = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

/** Explores in a macrotask of its own, as a thread does. */
async function exploring(task: Partial<Task> & Pick<Task, 'system'>) {
  const system = await designFrom({ name: task.system });
  const whole: Task = { workload: 'register', strategy: PORTFOLIO.name, seeds: seeds(1, 100), verify: false, ...task };
  return new Promise<ReturnType<typeof explore>>((resolve) =>
    setImmediate(() => resolve(explore(whole, { system, workload }))),
  );
}

describe('a strategy', () => {
  it.each(STRATEGIES.map((strategy) => [strategy.name, strategy] as const))(
    '%s draws plans that mean something, and the same ones twice',
    async (_, strategy) => {
      const system = await designFrom({ name: 'quorum/abd' });
      for (const seed of seeds(1, 100)) {
        const learnt = { kinds: new Set(['query', 'store']), novel: [] };
        const planned = strategy.draw(seed, system, workload, learnt);
        expect(strategy.draw(seed, system, workload, learnt)).toEqual(planned);
        // A run too short for a pause that a client would notice is still a run.
        const problems = problemsOfPlan(planned.plan, planned, (fault) => simulation.can(fault, system)).filter(
          (problem) => !problem.startsWith('no pause'),
        );
        expect(problems).toEqual([]);
        expect(planned.plan.calls.length).toBeGreaterThan(0);
      }
    },
  );
});

describe('exploration', () => {
  it('accuses no sound system, and runs the same way twice', async () => {
    const batch = await exploring({ system: 'quorum/abd', seeds: seeds(1, 200), verify: true });
    expect(batch.errors).toEqual([]);
    expect(batch.findings).toEqual([]);
    expect(batch.leaks).toEqual([]);
    expect(batch.runs).toBe(200);
  });

  it('finds that a quorum of one is none', async () => {
    const batch = await exploring({ system: 'quorum/small-quorums', seeds: seeds(1, 60) });
    expect(batch.findings.length).toBeGreaterThan(0);
  });
});

describe('a counterexample', () => {
  let example: Counterexample;
  beforeAll(async () => {
    const batch = await exploring({ system: 'quorum/small-quorums', seeds: seeds(1, 60) });
    example = (await counterexample(batch.findings[0]!))!;
  });

  it('is small, and nothing more can be left out', () => {
    expect(example.shrunk.minimal).toBe(true);
    expect(example.setting.plan.calls.length).toBeLessThanOrEqual(4);
    expect(example.setting.plan.faults.length).toBeLessThanOrEqual(2);
  });

  it('is found in few runs: simplifications do not take turns for ever', async () => {
    const { findings } = await exploring({ system: 'sync-replication/slide', seeds: seeds(1, 40) });
    expect(findings.length).toBeGreaterThan(2);
    for (const found of findings.slice(0, 3)) {
      const { shrunk } = (await counterexample(found))!;
      expect(shrunk.minimal).toBe(true);
      expect(shrunk.runs).toBeLessThan(2000);
    }
  });

  it('replays exactly, also once it was written and read', async () => {
    const read = parseCounterexample(JSON.stringify(example), 'a file');
    const { occurred, same, says } = await replay(read);
    expect({ occurred, same, says }).toEqual({ occurred: true, same: true, says: '' });
  });

  it('says what differs where it no longer replays', async () => {
    const calls = example.setting.plan.calls.slice(1);
    const other = { ...example, setting: { ...example.setting, plan: { ...example.setting.plan, calls } } };
    const { same, says } = await replay(other);
    expect(same).toBe(false);
    expect(says).toMatch(/did not occur|differ/);
  });

  it('became certain at some moment: with its beginning alone it need not have happened', async () => {
    const chances = await when(example);
    expect(chances.at(-1)?.chance).toBe(1);
    expect(chances[0]!.chance).toBeLessThan(1);
    const moments = chances.map(({ ms }) => ms);
    expect([...moments].sort((a, b) => a - b)).toEqual(moments);
  });

  it('is told as a story and step by step', async () => {
    const { run } = await replay(example);
    expect(story(run, 1000)).toContain(example.anomaly.message);
    expect(story(run)).toMatch(/n1 +n2/);
    expect(steps(run).split('\n').length).toBeGreaterThan(10);
  });

  it.each([
    ['no JSON', '{'],
    ['another file', '{"name":"x"}'],
    ['one without a plan', '{"splitbrain":1,"setting":{}}'],
  ])('is refused with the file and the reason: %s', (_, text) => {
    expect(() => parseCounterexample(text, 'bad.json')).toThrow(/^bad\.json /);
  });
});
