import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TOPOLOGIES, topologyOf } from '../../../../harness/clusters/programs/topology.ts';

const names = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`);

it('says who is whose neighbour', () => {
  expect(topologyOf('line', names(3))).toEqual({ n0: ['n1'], n1: ['n0', 'n2'], n2: ['n1'] });
  expect(topologyOf('total', names(3)).n1).toEqual(['n0', 'n2']);
  // 0 1 2 / 3 4
  expect(topologyOf('grid', names(5)).n1).toEqual(['n0', 'n2', 'n4']);
  expect(topologyOf('grid', names(5)).n2).toEqual(['n1']);
  expect(topologyOf('tree3', names(5)).n1).toEqual(['n0', 'n4']);
  expect(topologyOf('tree', names(4))).toEqual(topologyOf('tree2', names(4)));
});

it('has every link in both directions, and a way from every node to every other', () => {
  fc.assert(
    fc.property(fc.constantFrom(...TOPOLOGIES), fc.integer({ min: 1, max: 30 }), (name, count) => {
      const topology = topologyOf(name, names(count));
      const reached = new Set(['n0']);
      for (const node of reached) for (const next of topology[node]!) reached.add(next);
      const oneWay = Object.entries(topology).flatMap(([a, next]) => next.filter((b) => !topology[b]!.includes(a)));
      return reached.size === count && oneWay.length === 0;
    }),
  );
});
