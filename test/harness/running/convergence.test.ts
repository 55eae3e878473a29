import { describe, expect, it } from 'vitest';
import { simulate } from '../../../harness/clusters/simulation/simulate.ts';
import { workloadNamed } from '../../../harness/setting/workload-source.ts';
import type { Node } from '../../../systems/node.ts';
import type { Design } from '../../../systems/system.ts';
import { smallSetting } from '../scenes.ts';

/** A system whose nodes hold nothing, and take their time to start. */
function slow(startMs: number, held?: (node: string) => unknown): Design<never, { readonly held: unknown }> {
  return {
    name: 'test/slow',
    datatype: 'register',
    claims: [
      { model: 'eventual', under: ['crash'], available: 'none', durable: 'no', converges: true, recoversMs: 4000 },
    ],
    content: ({ held }) => held,
    async start(node: Node) {
      await node.sleep(startMs);
      return {
        state: { held: held ? held(node.id) : 1 },
        api: { read: async () => null, write: async () => null },
      } as never;
    },
  };
}

function verdict(startMs: number, held?: (node: string) => unknown) {
  const setting = smallSetting(1, { system: 'test/slow', faults: ['crash'] });
  const crash = { id: 1, kind: 'crash', fromMs: 100, toMs: 2990, targets: ['n1'], disk: 'kept' } as const;
  const plan = { calls: [], faults: [crash], links: { seed: 1, calm: true, odd: {} } };
  const system = slow(startMs, held) as unknown as Design;
  const run = { setting, plan, system, workload: workloadNamed('register'), journal: false, claimsOnly: true };
  return simulate(run).then(({ result }) => result.checkers.convergence);
}

describe('replicas that are to agree', () => {
  it('are waited for while one is still starting, and have no content until then', async () => {
    expect(await verdict(0)).toEqual({ type: 'valid' });
    expect(await verdict(1500)).toEqual({ type: 'valid' });
  });

  it('are told by what they do not have in common', async () => {
    const differing = await verdict(0, (node) => ({ a: 1, b: node, c: [2] }));
    expect(differing).toMatchObject({ type: 'invalid', anomalies: [{ name: 'divergence' }] });
    const steps = differing?.type === 'invalid' ? differing.anomalies[0].steps : [];
    expect(steps[0]).toBe('n1 holds {"b":"n1"}, and what all of them hold');
  });

  it('do not agree where one never starts in time', async () => {
    const never = await verdict(20_000);
    expect(never).toMatchObject({
      type: 'invalid',
      anomalies: [
        { name: 'divergence', steps: expect.arrayContaining([expect.stringContaining('n1 has no state yet')]) },
      ],
    });
  });
});
