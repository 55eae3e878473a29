import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutsBetween, fate, type Links, REAL, SIMULATED } from '../../../harness/faults/fate.ts';
import type { Fault } from '../../../harness/faults/fault.ts';
import { hadEffect } from '../../../harness/faults/meanings.ts';
import { run } from '../../../harness/running/run.ts';
import { prepare } from '../../../harness/setting/setting.ts';

const NODES = ['n1', 'n2', 'n3', 'n4'];
const node = fc.constantFrom(...NODES);
const span = { fromMs: fc.integer({ min: 0, max: 50 }), toMs: fc.constant(1000) };
const partition = fc.record({
  kind: fc.constant('partition' as const),
  ...span,
  cut: fc.array(fc.tuple(node, node), { maxLength: 8 }),
  flapMs: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
});
const chance = fc.constantFrom(0, 0, 0.3, 0.9, 1);
const link = fc.record({
  kind: fc.constant('link' as const),
  ...span,
  among: fc.subarray(NODES, { minLength: 2 }),
  drop: chance,
  duplicate: chance,
  delayMs: fc.constantFrom(0, 0, 20),
  jitterMs: fc.constantFrom(0, 0, 100),
});
const faults = fc
  .array(fc.oneof(partition, link), { maxLength: 5 })
  .map((all) => all.map((fault, i) => ({ ...fault, id: i + 1 }) as Fault));
const message = fc.record({ identity: fc.nat(), from: node, to: node });

/** A message that is sent while faults last, what becomes of it, and what would with none or one of them. */
const cases = fc
  .record({ sent: message, active: faults, atMs: fc.integer({ min: 50, max: 500 }), calm: fc.boolean() })
  .map(({ sent, active, atMs, calm }) => {
    const links: Links = { seed: 5, calm, odd: {} };
    const under = (some: readonly Fault[]) => fate(sent, some, links, calm ? REAL : SIMULATED, atMs);
    const alone = active.map((fault) => ({ id: fault.id, ...under([fault]) }));
    const cut = cutsBetween(sent.from, sent.to, active, atMs);
    return { undisturbed: under([]).delaysMs, all: under(active), alone, cut };
  });

describe('what happens to a message', () => {
  it('is credited to every fault that would have lost it alone', () => {
    let several = 0;
    const property = fc.property(cases, ({ all, alone, cut }) => {
      const losing = alone.filter(({ delaysMs }) => delaysMs.length === 0).map(({ id }) => id);
      expect([...all.lostBy].sort()).toEqual(losing);
      expect(cut.filter((id) => !losing.includes(id))).toEqual([]);
      if (cut.length > 0) expect(all).toMatchObject({ delaysMs: [], changedBy: [] });
      if (losing.length > 1) several++;
    });
    fc.assert(property, { numRuns: 5000, seed: 1 });
    expect(several).toBeGreaterThan(200);
  });

  it('is credited to every fault that delays or doubles it, and to none that does nothing', () => {
    const property = fc.property(cases, ({ undisturbed, all, alone }) => {
      const changing = alone.filter(({ delaysMs }) => delaysMs.length > 0 && String(delaysMs) !== String(undisturbed));
      for (const one of alone) expect(one.changedBy).toEqual(changing.includes(one) ? [one.id] : []);
      if (all.lostBy.length === 0) expect(all.changedBy).toEqual(changing.map(({ id }) => id));
    });
    fc.assert(property, { numRuns: 5000, seed: 1 });
  });

  it('is credited to no bad link where the plan fixes it, as that settles it', () => {
    const lossy = {
      id: 1,
      kind: 'link',
      fromMs: 0,
      toMs: 9,
      among: NODES,
      drop: 1,
      duplicate: 0,
      delayMs: 0,
      jitterMs: 0,
    };
    const cutting = { id: 2, kind: 'partition', fromMs: 0, toMs: 9, cut: [['n1', 'n2']] };
    const links = { seed: 5, calm: true, odd: { [(7).toString(36)]: [40] } };
    const sent = { identity: 7, from: 'n1', to: 'n2' };
    const fixed = fate(sent, [lossy as Fault], links, SIMULATED, 5);
    expect(fixed).toEqual({ delaysMs: [40], lostBy: [], changedBy: [] });
    const both = fate(sent, [lossy, cutting] as Fault[], links, SIMULATED, 5);
    expect(both).toEqual({ delaysMs: [], lostBy: [2], changedBy: [] });
  });
});

it('two partitions at once are both seen to have an effect, in both clusters', async () => {
  for (const cluster of ['simulation', 'processes'] as const) {
    const wanted = {
      system: 'quorum/abd',
      cluster,
      seed: 1,
      faults: ['halves'],
      options: { durationMs: 1500 },
    } as const;
    const { plan } = await prepare(wanted);
    const one = { ...plan.faults[0]!, fromMs: 100, toMs: 1400 };
    const { result } = await run({ ...wanted, plan: { ...plan, faults: [one, { ...one, id: 99 }] } });
    expect(result.faults).toHaveLength(2);
    for (const injected of result.faults) expect(hadEffect(injected), cluster).toBe(true);
  }
});
