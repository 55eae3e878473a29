import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../harness/faults/fault.ts';
import { stretchesIn } from '../../../harness/judging/stretches.ts';
import type { InjectedFault } from '../../../harness/running/nemesis.ts';

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
const times = { id: 1, fromMs: 0, toMs: 1000 };
const both = (a: readonly string[], b: readonly string[]) =>
  a.flatMap((x) => b.flatMap((y) => [[x, y] as const, [y, x] as const]));
const cutting = (cut: ReturnType<typeof both>): Fault => ({ ...times, kind: 'partition', cut });
const crash: Fault = { ...times, kind: 'crash', targets: 'one', disk: 'kept' };
const link: Fault = { ...times, kind: 'link', among: NODES, drop: 0.4, duplicate: 0, delayMs: 0, jitterMs: 0 };

const injected = (fault: Fault, targets = NODES, fromMs = 0, toMs = 1000): InjectedFault => {
  return { fault, began: { targets, hit: targets }, ended: { targets, cut: 1, touched: 1 }, fromMs, toMs };
};
const only = (...faults: readonly InjectedFault[]) => stretchesIn(faults, NODES)[0]!;

describe('a stretch', () => {
  it('lasts as long as the same faults do', () => {
    const some = [
      injected(crash, ['n1'], 0, 500),
      injected(link, NODES, 300, 900),
      injected(crash, ['n2'], 2000, 2100),
    ];
    const found = stretchesIn(some, NODES).map(({ fromMs, toMs, active }) => [fromMs, toMs, active.length]);
    expect(found).toEqual([
      [0, 300, 1],
      [300, 500, 2],
      [500, 900, 1],
      [2000, 2100, 1],
    ]);
    expect(stretchesIn(some, NODES, 350).map(({ fromMs }) => fromMs)).toEqual([500]);
  });

  it('promises an answer to the nodes of a majority that are up and hear each other, and to no others', () => {
    const halves = injected(cutting(both(['n1', 'n2'], ['n3', 'n4', 'n5'])));
    expect(only(halves).groups.majority).toEqual([['n3', 'n4', 'n5']]);
    expect(only(halves).groups.total).toEqual([
      ['n1', 'n2'],
      ['n3', 'n4', 'n5'],
    ]);
    expect(only(halves, injected(crash, ['n1'])).groups.majority).toEqual([['n3', 'n4', 'n5']]);
    expect(only(halves, injected(crash, ['n4'])).groups.majority).toEqual([]);
    expect(only(injected(crash, ['n1', 'n2'])).groups.majority).toEqual([['n3', 'n4', 'n5']]);
    expect(only(injected(crash, ['n1', 'n2', 'n3'])).groups.majority).toEqual([]);
  });

  it('takes a bridge for one of both halves, and a ring for no majority', () => {
    const bridge = injected(cutting(both(['n2', 'n3'], ['n4', 'n5'])));
    expect(only(bridge).groups.majority).toEqual([NODES]);
    const ring = NODES.flatMap((a, i) => both([a], [NODES[(i + 2) % 5]!]));
    expect(only(injected(cutting(ring))).groups.majority).toEqual([]);
  });

  it('promises nothing where a primary may have fallen, or nobody knows whether a fault was there', () => {
    expect(only(injected(crash, ['n1'])).groups['primary-side']).toEqual([]);
    const unknown: InjectedFault = { ...injected(crash, ['n1']), began: 'indeterminate' };
    expect(only(unknown)).toMatchObject({ groups: { total: [], majority: [] }, isCalm: false, isSure: false });
  });

  it('is calm only where nodes are down or cut off for good, and sure only where links are not bad', () => {
    const flapping = { ...cutting(both(['n1'], ['n2'])), flapMs: 50 } as Fault;
    const clock: Fault = { ...times, kind: 'clock', targets: 'one', how: 'step', byMs: 9 };
    const seen = [crash, cutting(both(['n1'], ['n2'])), flapping, clock, link].map((fault) => {
      const { isCalm, isSure } = only(injected(fault, ['n1']));
      return [isCalm, isSure];
    });
    expect(seen).toEqual([
      [true, true],
      [true, true],
      [false, true],
      [false, true],
      [false, false],
    ]);
  });
});
