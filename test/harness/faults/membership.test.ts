import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../harness/faults/fault.ts';
import { hadEffect } from '../../../harness/faults/meanings.ts';
import { membersUnder } from '../../../harness/faults/membership.ts';
import { run } from '../../../harness/index.ts';
import { prepare } from '../../../harness/setting/setting.ts';

const NODES = ['n1', 'n2', 'n3'];
const out = (targets: Extract<Fault, { kind: 'membership' }>['targets']): Fault => {
  return { id: 1, kind: 'membership', fromMs: 500, toMs: 1500, targets };
};

async function withFault(system: string, fault: Fault) {
  const options = { durationMs: 3000, ratePerSecond: 40 };
  const { setting, plan } = await prepare({
    system,
    cluster: 'simulation',
    seed: 3,
    nodes: NODES,
    options,
    faults: [],
  });
  return run({ ...setting, plan: { ...plan, faults: [fault] } });
}

describe('a fault of membership', () => {
  it('takes a node out, and in again when it ends', async () => {
    const { result } = await withFault('replicated-log/raft', out(['n2']));
    const [injected] = result.faults;
    expect(injected?.ended).toMatchObject({ targets: ['n2'], without: 2 });
    expect(hadEffect(injected!)).toBe(true);
    expect(result.verdict, result.says).toBe('valid');
    expect(result.tally.finalAnswered).toBe(result.tally.finalAsked);
  });

  it('may be aimed at the leader', async () => {
    const { result } = await withFault('replicated-log/raft', out('primary'));
    // It knows itself that it is out, but what counts is for how many others it is.
    expect(result.faults[0]?.ended).toMatchObject({ without: 2 });
    expect(hadEffect(result.faults[0]!)).toBe(true);
    expect(result.verdict, result.says).toBe('valid');
  });

  it('does nothing to a design that cannot change members, which is no evidence', async () => {
    const { result } = await withFault('quorum/abd', out(['n2']));
    expect(hadEffect(result.faults[0]!)).toBe(false);
    expect(result.verdict).toBe('unknown');
  });

  it('must leave somebody', async () => {
    await expect(withFault('replicated-log/raft', out('all'))).rejects.toThrow('it leaves the cluster without members');
    await expect(withFault('replicated-log/raft', out(NODES))).rejects.toThrow('without members');
  });

  it('leaves all but the targets of those that last, and everybody where nobody would be left', () => {
    const first = { ...out(['n1']), id: 1 };
    const second = { ...out(['n2', 'n3']), id: 2 };
    const targetsOf = (fault: number) => (fault === 1 ? ['n1'] : ['n2', 'n3']);
    expect(membersUnder([], targetsOf, NODES)).toEqual(NODES);
    expect(membersUnder([first], targetsOf, NODES)).toEqual(['n2', 'n3']);
    expect(membersUnder([first, second], targetsOf, NODES)).toEqual(NODES);
  });
});
