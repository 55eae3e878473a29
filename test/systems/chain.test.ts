import { describe, expect, it } from 'vitest';
import type { Fault } from '../../harness/faults/fault.ts';
import { run } from '../../harness/index.ts';
import { prepare } from '../../harness/setting/setting.ts';
import { follows } from '../../systems/chain/master.ts';

describe('the master of a chain', () => {
  const known = { epoch: 3, chain: ['n1', 'n2', 'n4'], complete: 2 };

  it('continues to the next epoch, and to no other', () => {
    expect(follows(known, { epoch: 4, chain: ['n2', 'n4'], complete: 1 })).toBe(true);
    expect(follows(known, { epoch: 5, chain: ['n2', 'n4'], complete: 1 })).toBe(false);
    expect(follows(known, { epoch: 2, chain: ['n1', 'n2', 'n3'], complete: 3 })).toBe(false);
  });

  it('takes no other chain of the same epoch for news of this one', () => {
    // Accepted once: a node then passed for complete that had nothing,
    // and an acknowledged write was not read (explore, seed 687218278).
    expect(follows(known, { epoch: 3, chain: ['n1', 'n2', 'n5'], complete: 3 })).toBe(false);
    expect(follows(known, { ...known, complete: 3 })).toBe(true);
    expect(follows({ ...known, complete: 3 }, known)).toBe(false);
  });
});

describe('a new tail', () => {
  it('that starts again before it has everything is brought up to date all the same', async () => {
    // It once waited for ever for what its predecessor took it to have (explore, seed 687218804).
    const faults: Fault[] = [
      { id: 1, kind: 'pause', targets: ['n1'], fromMs: 0, toMs: 500 },
      { id: 2, kind: 'crash', targets: ['n1'], disk: 'kept', fromMs: 600, toMs: 650 },
    ];
    for (let late = 0; late <= 300; late += 20) {
      const crash = { ...faults[1], fromMs: 550 + late, toMs: 600 + late } as Fault;
      const options = { durationMs: 900, ratePerSecond: 10 };
      const wanted = {
        system: 'chain/craq',
        cluster: 'simulation',
        seed: 1,
        options,
        callTimeoutMs: 400,
        faults: [],
      } as const;
      const { setting, plan } = await prepare(wanted);
      const { result } = await run({ ...setting, plan: { ...plan, faults: [faults[0]!, crash] } });
      expect(result.recoveryMs, `crash at ${550 + late} ms`).toBeLessThan(3000);
    }
  });
});

describe('a chain whose links double messages', () => {
  it.each(['chain/sound', 'chain/craq'])('does not answer copies with ever more of them: %s', async (system) => {
    // Every copy of an answer once led to a message more, and the run did not end within 700000 events.
    const options = { durationMs: 1500, keys: 10, ratePerSecond: 200, clients: 10 };
    const { result } = await run({ system, cluster: 'simulation', seed: 2, options, faults: ['link'] });
    expect(result.verdict).toBe('valid');
  });
});
