/**
 * Databases as they are, under faults: what each is known to do is found, and its control
 * is clean. With real time and real networks a finding may take more than one seed:
 * only what does not depend on luck is asked for here, the rest by `npm run databases`.
 */
import { describe, expect, it } from 'vitest';
import { hadEffect } from '../../../harness/faults/meanings.ts';
import { type Run, run, type Wanted } from '../../../harness/index.ts';
import { isMissing, POSTGRES } from './needs.ts';

const made = (wanted: Wanted): Promise<Run> => run({ cluster: 'processes', ...wanted });

/** Every fault was seen to do something, and the run was not refused for what goes around proxies. */
function expectEffects({ result }: Run): void {
  expect(result.faults.length).toBeGreaterThan(0);
  for (const injected of result.faults) expect(hadEffect(injected), JSON.stringify(injected)).toBe(true);
}

describe.skipIf(isMissing('etcd'))('etcd', () => {
  const options = { durationMs: 12_000, ratePerSecond: 60, keys: 3 };

  it('is linearizable while its leader is alone', async () => {
    const done = await made({ system: 'etcd', faults: ['primary-alone'], seed: 1, options });
    expect(done.result.verdict, done.result.says).not.toBe('invalid');
    expectEffects(done);
  });

  it('shows what is old where serializable reads are claimed to be linearizable', async () => {
    const done = await made({ system: 'etcd/serializable-reads', faults: ['primary-alone'], seed: 1, options });
    expectEffects(done);
    const [claim] = done.result.claims;
    expect(claim?.verdict.type === 'invalid' ? claim.verdict.anomalies[0]?.name : 'none').toMatch(/stale-read|none/);
  });
});

describe.skipIf(isMissing('redis/sentinel-set'))('Redis with Sentinel', () => {
  const options = { durationMs: 20_000, ratePerSecond: 60, keys: 2 };

  // That it loses acknowledged writes without that is the first run of docs/databases.md (docs.test.ts).
  it('loses nothing of what a replica had before it was acknowledged', async () => {
    const done = await made({ system: 'redis/sentinel-set-wait', faults: ['primary-alone'], seed: 1, options });
    expectEffects(done);
    expect(done.result.verdict, done.result.says).not.toBe('invalid');
  });
});

describe.skipIf(isMissing('redis/lock'))('a lock of Redis', () => {
  const options = { durationMs: 6000, ratePerSecond: 60, keys: 2, leaseMs: 500, dawdleMs: 1500 };

  it.each([
    ['guards nothing from holders who dawdle', 'redis/lock', 'invalid'],
    ['guards what looks at its tokens', 'redis/lock-fenced', 'valid'],
  ])('%s', async (_, system, verdict) => {
    const { result } = await made({ system, faults: [], seed: 1, options });
    expect(result.verdict, result.says).toBe(verdict);
  });
});

const programs = { postgres: POSTGRES };
describe.skipIf(isMissing('postgres/repeatable-read', programs))('PostgreSQL', () => {
  const base = { workload: 'write-skew', faults: [], seed: 1, options: { durationMs: 10_000 }, programs } as const;

  it('lets two transactions each miss what the other wrote, where repeatable read is claimed to be serializable', async () => {
    const claim = { model: 'serializable', under: [], available: 'none', durable: 'no', converges: false } as const;
    const claims = [{ ...claim, recoversMs: 60_000 }];
    const { result } = await made({ ...base, system: 'postgres/repeatable-read', claims });
    expect(result.verdict, result.says).toBe('invalid');
    expect(result.placement?.strongest).toEqual(['strong-snapshot-isolation']);
    const [first] = result.claims;
    expect(first?.verdict.type === 'invalid' && first.verdict.anomalies[0].name).toBe('G2-item');
  });

  it('does not where it is serializable', async () => {
    const { result } = await made({ ...base, system: 'postgres/serializable' });
    expect(result.verdict, result.says).toBe('valid');
    expect(result.placement?.strongest).toEqual(['strict-serializable']);
  });
});
