import { describe, expect, it } from 'vitest';
import { NAMED } from '../../../harness/faults/draw.ts';
import type { Fault } from '../../../harness/faults/fault.ts';
import { meaningOf } from '../../../harness/faults/meanings.ts';
import type { Occasion } from '../../../harness/faults/occasion.ts';
import { type Need, type RhythmWanted, rhythmFor } from '../../../harness/faults/rhythm.ts';
import { lacking } from '../../../harness/faults/room.ts';
import { drawSchedule } from '../../../harness/faults/schedule.ts';
import { drawsFrom, wholeBelow } from '../../../harness/setting/random.ts';
import { leavesAtWorst } from './worst.ts';

const SETTINGS = 10_000;
const KINDS = ['partition', 'link', 'crash', 'pause', 'clock', 'disk', 'membership'];
const ALONE = ['halves', 'one-way', 'bridge', 'loss', 'crash-all', 'step', 'primary-alone'];

/** A setting drawn from all that a user may say. */
function occasionOf(seed: number): Occasion {
  const draws = drawsFrom(seed);
  const draw = (purpose: string) => draws(`test ${purpose}`);
  const pick = <T>(purpose: string, items: readonly T[]) => items[wholeBelow(draw(purpose), items.length)]!;
  const nodes = Array.from({ length: 1 + wholeBelow(draw('nodes'), 7) }, (_, i) => `n${i + 1}`);
  const cluster = pick('cluster', ['simulation', 'processes'] as const);
  const callTimeoutMs = pick('timeout', [100, 500, 1000]);
  const durationMs = Math.round(1000 * 60 ** draw('duration'));
  const asked = KINDS.filter(() => draw('kind') < 0.5);
  const names = draw('names') < 0.7 && asked.length > 0 ? asked : [pick('name', ALONE)];
  const wanted: RhythmWanted = {
    name: pick('rhythm', ['single', 'mixed', 'mixed'] as const),
    ...(draw('has every') < 0.3 ? { everyMs: durationMs * (0.05 + 0.3 * draw('every')) } : {}),
    ...(draw('has for') < 0.3 ? { forMs: [50, 50 + 2000 * draw('for')] as const } : {}),
    ...(draw('has overlap') < 0.3 ? { overlap: draw('overlap') } : {}),
    ...(draw('has quiet') < 0.3 ? { quietMs: durationMs * 0.1 * draw('quiet') } : {}),
    ...(draw('has beyond') < 0.3 ? { beyond: draw('beyond') } : {}),
  };
  const rhythm = rhythmFor(wanted, { durationMs, callTimeoutMs, cluster });
  const scene = { nodes, durationMs, callTimeoutMs, shortestMs: rhythm.forMs[0] };
  return { draw: draws, seed, names, scene, rhythm, need: pick('need', ['majority', 'primary', 'node'] as const) };
}

/** Faults that lie on each other, or follow each other without a pause, together. */
function groupsOf(faults: readonly Fault[]): readonly (readonly Fault[])[] {
  const groups: Fault[][] = [];
  let endMs = Number.NEGATIVE_INFINITY;
  for (const fault of faults) {
    if (fault.fromMs < endMs) groups.at(-1)!.push(fault);
    else groups.push([fault]);
    endMs = Math.max(endMs, fault.toMs);
  }
  return groups;
}

const endOf = (group: readonly Fault[]) => Math.max(...group.map(({ toMs }) => toMs));

/** Of the time in which faults last, the share in which they leave less than is needed. */
function shareBeyond(faults: readonly Fault[], nodes: readonly string[], need: Need): number {
  const edges = [...new Set(faults.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))].sort((a, b) => a - b);
  let [faulty, beyond] = [0, 0];
  for (const [i, fromMs] of edges.slice(0, -1).entries()) {
    const active = faults.filter((one) => one.fromMs <= fromMs && fromMs < one.toMs);
    const ms = edges[i + 1]! - fromMs;
    if (active.length > 0) faulty += ms;
    beyond += lacking(active, nodes, need) * ms;
  }
  return faulty === 0 ? 0 : beyond / faulty;
}

/** Whether the name leaves enough at least sometimes, so that it is not drawn in spite of the claim. */
function canLeaveEnough(name: string, { scene, need, rhythm }: Occasion): boolean {
  const draw = drawsFrom(7);
  return Array.from({ length: 40 }, () => NAMED[name]!.draw(() => draw(name), scene)).some(
    (sort) => lacking([sort], scene.nodes, need) <= Math.min(rhythm.beyond, 0.99),
  );
}

describe(`schedules of ${SETTINGS} settings`, () => {
  const drawn = Array.from({ length: SETTINGS }, (_, seed) => {
    const occasion = occasionOf(seed);
    return { occasion, ...drawSchedule(occasion) };
  });

  it('place every fault within the run, for as long as was asked for or its kind needs', () => {
    const wrong = drawn.flatMap(({ occasion: { scene, rhythm }, faults }) =>
      faults.filter((fault) => {
        const most = Math.ceil(Math.max(rhythm.forMs[1], scene.callTimeoutMs, meaningOf(fault).shortestMs(scene)));
        const lasts = fault.toMs - fault.fromMs;
        const isWithin = fault.fromMs >= 0 && fault.toMs <= Math.round(scene.durationMs * 0.95);
        const isOnce = faults.filter(({ id }) => id === fault.id).length === 1;
        return !isWithin || !isOnce || lasts < Math.floor(rhythm.forMs[0]) || lasts > most;
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('leave quiet after faults, and lay them on each other only where that was asked for', () => {
    const wrong = drawn.filter(({ occasion: { rhythm }, faults }) => {
      const groups = groupsOf(faults);
      const isQuiet = (group: readonly Fault[], i: number) =>
        i === 0 || group[0]!.fromMs - endOf(groups[i - 1]!) >= rhythm.quietMs - 1e-6;
      return !groups.every(isQuiet) || (rhythm.overlap === 0 && groups.some((group) => group.length > 1));
    });
    expect(wrong).toEqual([]);
  });

  it('have every name, or tell which are left out; and leave none out where there is time', () => {
    let withAll = 0;
    for (const { occasion, faults, leftOut } of drawn) {
      const { names, scene, rhythm } = occasion;
      const kinds = new Set(faults.flatMap((fault) => [fault.kind]));
      for (const name of names.filter((one) => KINDS.includes(one)))
        if (kinds.has(name as Fault['kind']) === leftOut.includes(name)) expect.fail(`${name}: ${occasion.seed}`);
      const longest = Math.max(scene.callTimeoutMs * 1.3, rhythm.forMs[0]) + rhythm.quietMs;
      if (names.length * longest * 2 > scene.durationMs * 0.85 || rhythm.everyMs * 2 > scene.durationMs) continue;
      withAll++;
      if (leftOut.length > 0) expect.fail(`${leftOut} left out: ${occasion.seed}`);
    }
    expect(withAll).toBeGreaterThan(SETTINGS / 4);
  });

  it('leave the system what its claim needs, but for the share that may go beyond', () => {
    let looked = 0;
    for (const { occasion, faults } of drawn) {
      const { scene, rhythm, need, names } = occasion;
      if (!names.every((name) => canLeaveEnough(name, occasion))) continue;
      looked++;
      expect(shareBeyond(faults, scene.nodes, need)).toBeLessThanOrEqual(rhythm.beyond + 1e-6);
    }
    expect(looked).toBeGreaterThan(SETTINGS / 3);
  });

  it('aim no fault where others have taken every node', () => {
    const lie = (a: Fault, b: Fault) => a !== b && a.fromMs < b.toMs && b.fromMs < a.toMs;
    const takesAll = (fault: Fault) => meaningOf(fault).takesNodes && meaningOf(fault).targets(fault) === 'all';
    const wrong = drawn.filter(({ faults }) => faults.some((a) => takesAll(a) && faults.some((b) => lie(a, b))));
    expect(wrong).toEqual([]);
  });

  it('are told to leave enough only where the worst choice of nodes leaves it', () => {
    let enough = 0;
    for (const { occasion, faults } of drawn.slice(0, 1500)) {
      const { nodes } = occasion.scene;
      if (nodes.length > 5) continue;
      for (const group of groupsOf(faults)) {
        if (lacking(group, nodes, 'majority') > 0) continue;
        enough++;
        expect(leavesAtWorst(group, nodes), JSON.stringify(group)).toBeGreaterThan(nodes.length / 2);
      }
    }
    expect(enough).toBeGreaterThan(1000);
  });
});

describe('consecutive seeds', () => {
  const runs = Array.from({ length: 100 }, (_, seed) => {
    const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
    const rhythm = rhythmFor({}, { durationMs: 10_000, callTimeoutMs: 500, cluster: 'simulation' });
    const scene = { nodes, durationMs: 10_000, callTimeoutMs: 500, shortestMs: rhythm.forMs[0] };
    return drawSchedule({ draw: drawsFrom(seed), seed, names: ['all'], scene, rhythm, need: 'majority' }).faults;
  });
  const counted = (of: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const one of of) counts.set(one, (counts.get(one) ?? 0) + 1);
    return counts;
  };
  const expectEven = (counts: ReadonlyMap<string, number>, size: number) => {
    const mean = [...counts.values()].reduce((sum, count) => sum + count, 0) / size;
    expect(counts.size).toBe(size);
    for (const count of counts.values()) {
      expect(count).toBeGreaterThan(mean / 2);
      expect(count).toBeLessThan(mean * 2);
    }
  };

  it('meet every kind about as often', () => {
    expectEven(counted(runs.flat().map(({ kind }) => kind)), 5);
  });

  it('meet every pair of kinds', () => {
    const pairs = runs.flatMap((faults) =>
      groupsOf(faults).flatMap((group) =>
        group.length === 2
          ? [
              group
                .map(({ kind }) => kind)
                .sort()
                .join('+'),
            ]
          : [],
      ),
    );
    expect(counted(pairs).size).toBeGreaterThanOrEqual(10);
  });

  it('meet every role that a fault is aimed at', () => {
    const roles = runs.flat().flatMap((fault) => (fault.kind === 'crash' ? [String(fault.targets)] : []));
    expect([...counted(roles).keys()].sort()).toEqual(['minority', 'one', 'primary']);
  });

  it('have about as many beginnings as the mean time between them says, and more in a longer run', () => {
    for (const [durationMs, least] of [
      [20_000, 8],
      [600_000, 100],
    ] as const) {
      const rhythm = rhythmFor({}, { durationMs, callTimeoutMs: 1000, cluster: 'processes' });
      const scene = { nodes: ['n1', 'n2', 'n3'], durationMs, callTimeoutMs: 1000, shortestMs: rhythm.forMs[0] };
      for (let seed = 1; seed <= 10; seed++) {
        const { faults } = drawSchedule({
          draw: drawsFrom(seed),
          seed,
          names: ['all'],
          scene,
          rhythm,
          need: 'majority',
        });
        expect(faults.length).toBeGreaterThanOrEqual(least);
        expect(faults.length).toBeLessThan((2 * durationMs) / rhythm.everyMs);
      }
    }
  });
});
