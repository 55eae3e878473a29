import { describe, expect, it } from 'vitest';
import { simulate } from '../../../harness/clusters/simulation/simulate.ts';
import { searchAround } from '../../../harness/explore/around.ts';
import { shrinkHistory } from '../../../harness/explore/shrink-history.ts';
import { plan } from '../../../harness/setting/plan.ts';
import { designFrom } from '../../../harness/setting/sources.ts';
import { workloadNamed } from '../../../harness/setting/workload-source.ts';
import { smallSetting } from '../scenes.ts';

const workload = workloadNamed('register');
const checker = workload.checkers.find(({ name }) => name === 'linearizable')!;

async function failing() {
  const base = smallSetting(1);
  const setting = smallSetting(4, {
    system: 'no-replication',
    faults: ['partition'],
    options: { ...base.options, ratePerSecond: 60 },
  });
  const system = await designFrom({ name: setting.system });
  return {
    system,
    run: await simulate({
      setting,
      plan: plan(setting, workload),
      system,
      workload,
      journal: false,
      claimsOnly: false,
    }),
  };
}

describe('the shrunk history of a failed run', () => {
  it('is a few operations that break the model by themselves', async () => {
    const { run } = await failing();
    const verdict = checker.check(run.history);
    if (verdict.type !== 'invalid') throw new Error('nothing to shrink');
    const { name } = verdict.anomalies[0];
    const small = shrinkHistory(run.history, checker, name);
    expect(small.length).toBeLessThanOrEqual(8);
    expect(run.history.length).toBeGreaterThan(100);
    expect(checker.check(small)).toMatchObject({ type: 'invalid' });
    const starts = new Set([...run.history].map(({ start }) => start));
    for (const operation of small) expect(starts.has(operation.start)).toBe(true);
  });

  it('is the history itself where it shows no such anomaly', async () => {
    const { run } = await failing();
    expect(shrinkHistory(run.history, checker, 'no-such-anomaly')).toBe(run.history);
  });
});

describe('the search around a recorded run', () => {
  it('finds a small simulated run with the same kind of anomaly', async () => {
    const { system, run } = await failing();
    const verdict = run.result.checkers.linearizable;
    if (verdict?.type !== 'invalid') throw new Error('nothing to look for');
    const example = await searchAround({ system, workload }, run, verdict.anomalies[0].name);
    expect(example?.anomaly.name).toBe(verdict.anomalies[0].name);
    expect(example?.setting.plan.calls.length).toBeLessThanOrEqual(4);
  });
});
