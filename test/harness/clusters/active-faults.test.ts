import { describe, expect, it } from 'vitest';
import { ActiveFaults } from '../../../harness/clusters/active-faults.ts';
import type { Fault } from '../../../harness/faults/fault.ts';

const crash: Fault = { id: 1, kind: 'crash', fromMs: 0, toMs: 10, targets: 'one', disk: 'kept' };
const pause: Fault = { id: 2, kind: 'pause', fromMs: 0, toMs: 10, targets: 'one' };
const membership: Fault = { id: 3, kind: 'membership', fromMs: 0, toMs: 10, targets: 'one' };

function faults(): ActiveFaults {
  const active = new ActiveFaults(['n1', 'n2', 'n3']);
  active.begin(crash, ['n1']);
  active.begin(pause, ['n2', 'n3']);
  return active;
}

describe('faults that last', () => {
  it('are known by kind and by the nodes that they were aimed at', () => {
    const active = faults();
    expect(active.all).toEqual([crash, pause]);
    expect([active.lasts('crash', 'n1'), active.lasts('crash', 'n2'), active.lasts('pause', 'n1')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(active.lasts('pause', 'n3')).toBe(true);
  });

  it('leave the list that was handed out as it was', () => {
    const active = faults();
    const before = active.all;
    active.end(crash);
    expect(before).toEqual([crash, pause]);
    expect(active.all).toEqual([pause]);
  });

  it('leave their targets known when they have ended', () => {
    const active = faults();
    active.endAll();
    expect(active.all).toEqual([]);
    expect(active.lasts('pause', 'n2')).toBe(false);
    expect(active.targetsOf(pause)).toEqual(['n2', 'n3']);
    expect(active.targetsOf(membership)).toEqual([]);
  });

  it('say who is to be a member', () => {
    const active = faults();
    expect(active.members()).toEqual(['n1', 'n2', 'n3']);
    active.begin(membership, ['n2']);
    expect(active.members()).toEqual(['n1', 'n3']);
    active.end(membership);
    expect(active.members()).toEqual(['n1', 'n2', 'n3']);
  });
});
