import { describe, expect, it } from 'vitest';
import { simulate } from '../../../harness/clusters/simulation/simulate.ts';
import type { Result } from '../../../harness/judging/result.ts';
import type { Setting } from '../../../harness/setting/plan.ts';
import { plan } from '../../../harness/setting/plan.ts';
import { systems } from '../../../systems/registry.ts';
import { workloads } from '../../../workloads/registry.ts';
import { smallSetting } from '../scenes.ts';

async function resultOf(name: string, workloadName: string, claimsOnly = false): Promise<Result> {
  const system = systems.find((one) => one.name === name)!;
  const workload = workloads.find((one) => one.name === workloadName)!;
  const { options } = smallSetting(1);
  const of: Partial<Setting> = {
    system: name,
    workload: workloadName,
    faults: [],
    options: { ...options, keys: 3, ratePerSecond: 30, mix: workload.mix },
  };
  const setting = smallSetting(3, of);
  const drawn = plan(setting, workload);
  return (await simulate({ setting, plan: drawn, system, workload, journal: false, claimsOnly })).result;
}

describe('the place of a history among all models', () => {
  it('is named, with what keeps it from a higher one', async () => {
    const { placement, verdict, says } = await resultOf('mvcc/slide', 'rw-register');
    expect(verdict).toBe('invalid');
    expect(placement?.strongest).toContain('strong-read-committed');
    const lost = placement?.anomalies.find(({ name }) => name === 'lost-update');
    expect(lost?.operations).toHaveLength(2);
    expect(says).toMatch(
      /^mvcc\/slide claims snapshot-isolation, but: .*; strongest that holds: .*strong-read-committed/,
    );
  });

  it('may be higher than what was claimed', async () => {
    const { placement, verdict, says } = await resultOf('timestamp-ordering/sound', 'list-append');
    expect(verdict).toBe('valid');
    expect(placement).toEqual({ strongest: ['strict-serializable'], anomalies: [], unknown: [] });
    expect(says).toBe(
      'no anomaly found: the claim of timestamp-ordering/sound held (serializable); strongest that holds: strict-serializable',
    );
  });

  it('is looked for only where a workload says of which type its histories are, and not in a search', async () => {
    expect((await resultOf('mvcc/si', 'bank')).placement).toBeUndefined();
    expect((await resultOf('mvcc/si', 'rw-register', true)).placement).toBeUndefined();
  });
});
