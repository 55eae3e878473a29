import { expect, it } from 'vitest';
import { run } from '../../harness/running/run.ts';
import { systems } from '../../systems/registry.ts';

const sound = systems.filter(({ flaw }) => flaw === undefined);

it.each(sound)('a disk that fails $name ends a node, and never the run', async ({ name }) => {
  for (const [seed, faults] of [
    ['full', 'crash'],
    ['tear', 'corrupt'],
    ['lose', 'slow', 'io-error'],
    ['disk', 'crash'],
  ].entries()) {
    const wanted = { system: name, cluster: 'simulation', faults, seed: seed + 1 } as const;
    const { result } = await run({ ...wanted, options: { durationMs: 2000, ratePerSecond: 60, clients: 5 } });
    expect(['valid', 'invalid', 'unknown']).toContain(result.verdict);
    // What a full disk does to a design is no accusation unless it claims to stand it.
    for (const { claim, verdict } of result.claims)
      if (!claim.under.includes('disk')) expect(verdict.type).not.toBe('invalid');
  }
});
