import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../harness/faults/fault.ts';
import { resolveTargets } from '../../../harness/faults/targets.ts';
import { run } from '../../../harness/index.ts';
import type { InjectedFault } from '../../../harness/running/nemesis.ts';

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
const aimed = (targets: Extract<Fault, { kind: 'pause' }>['targets'], id = 1): Fault => {
  return { id, kind: 'pause', fromMs: 0, toMs: 100, targets };
};

describe('a role', () => {
  it('is had by nodes that no other fault has taken, as long as there are any', () => {
    for (let id = 1; id <= 200; id++) {
      for (const role of ['one', 'primary', 'minority'] as const) {
        const hit = resolveTargets(aimed(role, id), NODES, 7, 'n1', ['n1', 'n4']);
        expect(hit).toHaveLength(role === 'minority' ? 2 : 1);
        expect(hit.filter((node) => node === 'n1' || node === 'n4')).toEqual([]);
      }
      expect(resolveTargets(aimed('primary', id), NODES, 7, 'n3', ['n1'])).toEqual(['n3']);
      expect(resolveTargets(aimed('one', id), NODES, 7, 'n3', NODES)).toHaveLength(1);
    }
  });

  it('does not move where others took what it does not have', () => {
    for (let id = 1; id <= 200; id++) {
      const [node] = resolveTargets(aimed('one', id), NODES, 7, undefined);
      const taken = NODES.filter((other) => other !== node).slice(0, 2);
      expect(resolveTargets(aimed('one', id), NODES, 7, undefined, taken)).toEqual([node]);
    }
  });

  it('is not for who is named: that one is hit whatever else lasts', () => {
    expect(resolveTargets(aimed(['n1']), NODES, 7, 'n1', ['n1'])).toEqual(['n1']);
  });
});

const targetsOf = ({ began }: InjectedFault) =>
  began === 'indeterminate' ? expect.fail('not measured') : began.targets;

/** Whether the other had taken its nodes when the fault began. */
function hadTaken(other: InjectedFault, one: InjectedFault): boolean {
  const isTaking = other.fault.kind === 'crash' || other.fault.kind === 'pause';
  if (!isTaking || other === one || other.toMs <= one.fromMs) return false;
  return other.fromMs < one.fromMs || (other.fromMs === one.fromMs && other.fault.id < one.fault.id);
}

it('no fault of a run is aimed at a node that another has killed or stopped', async () => {
  let together = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const { result } = await run({
      ...{ system: 'or-set/state', cluster: 'simulation', seed, faults: ['crash', 'pause', 'clock'], nodes: 5 },
      ...{ rhythm: { overlap: 1 }, options: { durationMs: 4000, ratePerSecond: 20 } },
    });
    for (const one of result.faults) {
      const taken = result.faults.filter((other) => hadTaken(other, one)).flatMap(targetsOf);
      together += taken.length;
      expect(targetsOf(one).filter((node) => taken.includes(node))).toEqual([]);
    }
  }
  expect(together).toBeGreaterThan(12);
});
