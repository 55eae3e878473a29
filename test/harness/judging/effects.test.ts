/** What calls did, counted by function and third, against a count of one operation after the other. */
import { type Api, historyOf, type Operation } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { effectsIn } from '../../../harness/judging/effects.ts';
import type { Workload } from '../../../workloads/workload.ts';
import { type Chance, chance } from '../../checkers/oracle/chance.ts';

type Mop = readonly unknown[];
interface Call {
  readonly f: string;
  readonly key?: string;
  readonly input: unknown;
  readonly outcome: Operation['outcome'];
}

const FRAME = { durationMs: 900, endedMs: 1000 };

function registers(random: Chance): Call {
  const f = random.pick(['read', 'write', 'cas']);
  const input = f === 'read' ? null : f === 'write' ? random.int(3) : [random.int(3), random.int(3)];
  const fails = ['mismatch', 'no majority', 'n1 is down'].map((error) => ({ type: 'fail' as const, error }));
  const output = f === 'read' ? random.pick([null, 1, 2]) : null;
  const outcome = random.pick([{ type: 'ok' as const, output }, ...fails, { type: 'info' as const, error: 'timeout' }]);
  return { f, key: random.pick(['x', 'y', 'z']), input, outcome: outcome as Operation['outcome'] };
}

function transactions(random: Chance): Call {
  const mops = Array.from({ length: 1 + random.int(3) }, (): Mop => {
    const key = random.pick(['x', 'y']);
    return random.maybe(0.5) ? ['r', key, null] : ['append', key, random.int(9)];
  });
  const output = mops.map(([f, key, value]) => (f === 'r' ? [f, key, random.pick([null, [], [1]])] : [f, key, value]));
  const outcomes = [
    { type: 'ok', output },
    { type: 'fail', error: 'conflict' },
    { type: 'info', error: 'timeout' },
  ];
  return { f: 'txn', input: mops, outcome: random.pick(outcomes) as Operation['outcome'] };
}

/** What an operation, or one of its micro-operations, did by itself. */
interface Deed {
  readonly name: string;
  readonly key: unknown;
  readonly effect: boolean;
  readonly told: boolean;
}

function deedsOf({ f, key, input, outcome }: Operation<Api>): readonly Deed[] {
  const ok = outcome.type === 'ok';
  const effect = ok || (f === 'cas' && outcome.type === 'fail' && outcome.error === 'mismatch');
  const own = { name: f, key, effect, told: f === 'read' && ok && (outcome.output as unknown) !== null };
  if (f !== 'txn') return [own];
  const mops = (input as unknown as Mop[]).map(([kind, mopKey], at): Deed => {
    const result = ok ? (outcome.output as unknown as Mop[])[at]![2] : null;
    const isEmpty = result === null || (Array.isArray(result) && result.length === 0);
    return { name: `txn ${kind}`, key: mopKey, effect: ok && (kind !== 'r' || !isEmpty), told: false };
  });
  return [own, ...mops];
}

/** One operation after the other, as the words say it. */
function slowly(operations: readonly Operation<Api>[]) {
  const counts: Record<string, { called: number[]; effects: number[]; told: number }> = {};
  const main = operations.filter(({ startNs }) => startNs / 1e6 < FRAME.endedMs);
  for (const operation of main) {
    const ms = operation.startNs / 1e6;
    const third = [300, 600].filter((end) => ms >= end).length;
    for (const { name, effect, told } of deedsOf(operation)) {
      counts[name] ??= { called: [0, 0, 0], effects: [0, 0, 0], told: 0 };
      counts[name].called[third]!++;
      counts[name].effects[third]! += Number(effect);
      counts[name].told += Number(told);
    }
  }
  const keysOf = (some: readonly Operation<Api>[]) =>
    new Set(some.flatMap(deedsOf).flatMap(({ key }) => (key === undefined ? [] : [key]))).size;
  // A key has moved where an operation on it had an effect; of a transaction that committed all keys have.
  return { counts, keys: { asked: keysOf(main), moved: keysOf(main.filter((one) => deedsOf(one)[0]!.effect)) } };
}

describe.each([
  ['register', registers],
  ['transactions', transactions],
] as const)('effects of %s', (datatype, draw) => {
  it('are what each operation says of itself, on a thousand random histories', () => {
    const workload: Pick<Workload, 'datatype' | 'rare'> = { datatype };
    let effects = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const random = chance(seed);
      const operations = Array.from({ length: 3 + random.int(30) }, (_, i) => {
        const startNs = random.int(1100) * 1e6;
        const times = { start: 2 * i, end: 2 * i + 1, startNs, endNs: startNs + 1e6 };
        return { process: i, node: 'n1', ...draw(random), ...times } as unknown as Operation<Api>;
      });
      const recorded = { history: historyOf(operations), answers: new Set<number>() };
      const found = effectsIn(recorded, workload, FRAME);
      const { counts, keys } = slowly(operations);
      expect(found.keys, `seed ${seed}`).toEqual(keys);
      expect(Object.keys(found.effects).sort(), `seed ${seed}`).toEqual(Object.keys(counts).sort());
      for (const [name, { called, effects: done, told = 0 }] of Object.entries(found.effects)) {
        expect({ called, effects: done }, `seed ${seed}, ${name}`).toEqual({
          called: counts[name]!.called,
          effects: counts[name]!.effects,
        });
        if (name === 'read') expect(told).toBe(counts[name]!.told);
        effects += done[0] + done[1] + done[2];
      }
    }
    expect(effects).toBeGreaterThan(3000);
  });
});
