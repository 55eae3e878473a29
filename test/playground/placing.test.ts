/** Faults that are placed by hand: wherever they are moved, they stay faults that can be run. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canInject } from '../../harness/clusters/simulation/injectors.ts';
import { problemsOfFault } from '../../harness/faults/problems.ts';
import { catalogue } from '../../playground/engine/catalogue.ts';
import { firstScenario } from '../../playground/page/choices.ts';
import { aimed, aimOf, amongNodes, moved, placed, STEP_MS, stretched } from '../../playground/plan/placing.ts';

const all = catalogue();
const { setting } = firstScenario(all, 'quorum/abd');
const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
const frame = { ...setting, nodes };
const { durationMs } = setting.options;
const names = all.faults.filter((fault) => !fault.isKind).map(({ name }) => name);

const faults = fc
  .record({
    name: fc.constantFrom(...names),
    at: fc.subarray(nodes, { minLength: 2, maxLength: 4 }),
    from: fc.integer({ min: 0, max: 250 }),
    steps: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ name, at, from, steps }) => {
    const fromMs = from * STEP_MS;
    return placed(name, { at, fromMs, toMs: fromMs + steps * STEP_MS, id: 0 }, frame);
  });
const sound = (fault: Parameters<typeof problemsOfFault>[0], among: readonly string[] = nodes) =>
  expect(problemsOfFault(fault, { nodes: among, cluster: 'simulation' }, canInject)).toEqual([]);

describe('a fault that is placed', () => {
  it('can be run, whatever its name, and wherever it is moved and stretched', () => {
    fc.assert(
      fc.property(
        faults,
        fc.integer({ min: -4000, max: 4000 }),
        fc.integer({ min: -500, max: 5000 }),
        (fault, by, to) => {
          sound(fault);
          const later = moved(fault, by, durationMs);
          sound(later);
          expect(later.toMs - later.fromMs).toBe(fault.toMs - fault.fromMs);
          for (const longer of [
            stretched(fault, { toMs: to }, durationMs),
            stretched(fault, { fromMs: to }, durationMs),
          ]) {
            sound(longer);
            expect(longer.toMs - longer.fromMs).toBeGreaterThanOrEqual(STEP_MS);
          }
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });

  it('is aimed at the nodes that were chosen', () => {
    fc.assert(
      fc.property(faults, fc.subarray(nodes, { minLength: 2, maxLength: 4 }), (fault, at) => {
        const again = aimed(fault, at, nodes);
        sound(again);
        // Of a partition either side tells it.
        const sides = [at, nodes.filter((node) => !at.includes(node))];
        if (fault.kind === 'partition') expect(sides).toContainEqual(aimOf(again, nodes));
        else expect(aimOf(again, nodes)).toEqual(at);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('is left as much as there is of it in a smaller or larger cluster', () => {
    fc.assert(
      fc.property(faults, fc.integer({ min: 3, max: 7 }), (fault, count) => {
        const among = Array.from({ length: count }, (_, i) => `n${i + 1}`);
        for (const left of amongNodes([fault], nodes, among))
          if (left.kind !== 'link' || left.among.length > 1) sound(left, among);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
