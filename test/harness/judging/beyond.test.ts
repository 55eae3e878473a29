import { describe, expect, it } from 'vitest';
import { beyondClaims } from '../../../harness/judging/beyond.ts';
import { run } from '../../../harness/running/run.ts';

const options = { durationMs: 3000 };

describe('a claim that was kept', () => {
  it('is not called free of anomalies where a stronger model was broken', async () => {
    const wanted = {
      system: 'mvcc/si',
      workload: 'rw-register',
      cluster: 'simulation',
      faults: [],
      seed: 7,
      options,
    } as const;
    const { result } = await run(wanted);
    expect(result.verdict).toBe('valid');
    expect(result.says).toMatch(/the claim of .* held .*; beyond it \(.*serializable.*\): G2-item/);
    expect(result.says).not.toMatch(/no anomaly/);
    expect(beyondClaims(result)?.models).not.toContain('strong-snapshot-isolation');
  });

  it('is where none was', async () => {
    const { result } = await run({ system: 'quorum/abd', cluster: 'simulation', faults: [], seed: 7, options });
    expect(beyondClaims(result)).toBeUndefined();
    expect(result.says).toMatch(/^no anomaly found/);
  });
});

describe('staleness', () => {
  it.each([1, 2, 3, 4, 5, 6])('counts every read that a checker proves stale, seed %i', async (seed) => {
    const wanted = {
      system: 'async-replication/slide',
      cluster: 'simulation',
      faults: ['partition'],
      seed,
      options,
    } as const;
    const { result } = await run(wanted);
    const named = Object.values(result.checkers).flatMap((one) => (one.type === 'invalid' ? one.anomalies : []));
    const stale = new Set(named.filter(({ name }) => name === 'stale-read').map(({ operations }) => operations.at(-1)));
    expect(result.metrics?.staleness?.stale).toBeGreaterThanOrEqual(stale.size);
    expect(result.metrics?.staleness?.stale).toBeGreaterThan(0);
  });
});
