import {
  type Checker,
  causal,
  causalConsistency,
  causalMemory,
  type History,
  HistoryBuilder,
  historyOf,
  monotonicReads,
  monotonicWrites,
  type Operation,
  pram,
  type Register,
  readYourWrites,
  register,
  sequential,
  sequentialObjects,
  writesFollowReads,
} from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { byClosure } from '../oracle/causalClosure.ts';
import { chance, registerHistory, registerShape } from '../oracle/registerHistories.ts';
import { byAnyVisibility, type SlowModel, slowly } from '../oracle/sessions.ts';
import { type TinyShape, tinyHistories } from '../oracle/tinyRegisters.ts';

const CHECKERS: Record<SlowModel, Checker<Register>> = {
  'read-your-writes': readYourWrites(),
  'monotonic-reads': monotonicReads(),
  'monotonic-writes': monotonicWrites(),
  'writes-follow-reads': writesFollowReads(),
  sequential: sequential({ certificate: true }),
  PRAM: pram(),
  CM: causalMemory(),
  CC: causalConsistency(),
  causal: causal({ certificate: true }),
};
const MODELS = Object.keys(CHECKERS) as SlowModel[];

/** What follows from what, as in algorithms for objects: the stronger first. */
const IMPLIES: [SlowModel, SlowModel][] = [
  ['sequential', 'causal'],
  ['sequential', 'CM'],
  ['causal', 'CC'],
  ['causal', 'read-your-writes'],
  ['causal', 'monotonic-reads'],
  ['causal', 'monotonic-writes'],
  ['causal', 'writes-follow-reads'],
  ['CM', 'CC'],
  ['CM', 'PRAM'],
  ['monotonic-writes', 'monotonic-reads'],
  ['writes-follow-reads', 'monotonic-reads'],
];

type Line = readonly [process: number, f: 'r' | 'w' | 'cas', key: string, value: unknown, outcome?: 'fail' | 'info'];

/** A history of operations one after the other. */
function history(...lines: Line[]): History<Register> {
  return historyOf(
    lines.map(([process, f, key, value, type = 'ok'], at) => {
      const outcome =
        type === 'ok'
          ? { type, output: f === 'r' ? value : null }
          : { type, error: type === 'fail' ? 'refused' : 'timeout' };
      const name = f === 'r' ? 'read' : f === 'w' ? 'write' : 'cas';
      const times = { start: 2 * at, end: 2 * at + 1, startNs: 0, endNs: 0 };
      return {
        process,
        f: name,
        key,
        input: f === 'r' ? null : value,
        outcome,
        ...times,
      } as unknown as Operation<Register>;
    }),
  );
}

function mediumHistory(seed: number, operations = 20 + (seed % 50)): History<Register> {
  const random = chance(seed * 31 + 5);
  const shape = { operations, sessions: 2 + Math.floor(random() * 4), keys: 3 };
  const all = registerHistory(random, { ...shape, read: 0.3 + 0.4 * random(), cas: 0, info: 0, fail: 0 });
  return historyOf([...all].filter((o) => o.outcome.type === 'ok' && o.outcome.output !== 99));
}

function anomalyOf(checker: Checker<Register>, of: History<Register>) {
  const verdict = checker.check(of);
  if (verdict.type !== 'invalid') throw new Error(`${checker.name} returns ${verdict.type}`);
  return verdict.anomalies[0];
}

describe('models of sessions', () => {
  const shapes: Record<string, TinyShape> = {
    'one key, three and two operations': [
      ['x', 'x', 'x'],
      ['x', 'x'],
    ],
    'one key, two, two and one': [['x', 'x'], ['x', 'x'], ['x']],
    'two keys, in opposite orders': [
      ['x', 'y', 'x'],
      ['y', 'x'],
    ],
  };
  for (const [name, shape] of Object.entries(shapes)) {
    it(`agree with their definitions on all histories of the shape: ${name}`, () => {
      for (const h of tinyHistories(shape)) {
        for (const model of MODELS) {
          const expected = slowly(model, h) ? 'valid' : 'invalid';
          if (CHECKERS[model].check(h).type !== expected)
            expect.fail(`${model} is ${expected}: ${JSON.stringify([...h])}`);
        }
      }
    });
  }

  it('agree with the closures of matrices on histories of medium size, and imply each other as they should', () => {
    const count = { valid: 0, invalid: 0 };
    for (let seed = 0; seed < 250; seed++) {
      const h = mediumHistory(seed);
      const verdicts = Object.fromEntries(MODELS.map((model) => [model, CHECKERS[model].check(h)]));
      for (const [model, valid] of Object.entries(byClosure(h))) {
        expect(verdicts[model]!.type, `${model} of seed ${seed}`).toBe(valid ? 'valid' : 'invalid');
        count[valid ? 'valid' : 'invalid']++;
      }
      for (const [stronger, weaker] of IMPLIES.filter(([model]) => verdicts[model]!.type === 'valid')) {
        expect(verdicts[weaker]!.type, `${stronger}, seed ${seed}`).toBe('valid');
      }
    }
    expect(Math.min(count.valid, count.invalid)).toBeGreaterThan(60);
  });

  it('find the same orders as a search that does not know who read from whom', () => {
    const count = { valid: 0, invalid: 0, unknown: 0 };
    for (let seed = 0; seed < 150; seed++) {
      const h = mediumHistory(seed, 12);
      const { type } = CHECKERS.sequential.check(h);
      count[type]++;
      const searched = sequentialObjects(register, { maxSteps: 200_000 }).check(h).type;
      if (searched !== 'unknown') expect(type, `seed ${seed}`).toBe(searched);
    }
    expect(count.unknown).toBe(0);
    expect(Math.min(count.valid, count.invalid)).toBeGreaterThan(10);
  });

  it('of session guarantees agree with the definition by any visibility whatsoever, on all tiny histories', () => {
    const shape: TinyShape = [
      ['x', 'x'],
      ['x', 'x'],
    ];
    for (const h of tinyHistories(shape)) {
      for (const model of ['read-your-writes', 'monotonic-reads', 'monotonic-writes', 'writes-follow-reads'] as const) {
        const expected = byAnyVisibility(model, h) ? 'valid' : 'invalid';
        if (CHECKERS[model].check(h).type !== expected)
          expect.fail(`${model} is ${expected}: ${JSON.stringify([...h])}`);
      }
    }
  });

  it('show a certificate for every valid verdict of sequential and causal consistency', () => {
    let shown = 0;
    for (let seed = 0; seed < 300; seed++) {
      const random = chance(seed + 77);
      const h = registerHistory(random, registerShape(random));
      for (const model of ['sequential', 'causal'] as const) {
        const verdict = CHECKERS[model].check(h);
        expect(verdict.type, `${model}, seed ${seed}`).not.toBe('unknown');
        if (verdict.type !== 'valid') continue;
        expect(verdict.certificate).toHaveProperty('order');
        shown++;
      }
    }
    expect(shown).toBeGreaterThan(100);
  });

  it('do not depend on the names of processes, keys and values', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = chance(seed + 999);
      const h = registerHistory(random, registerShape(random));
      const value = (v: unknown): unknown =>
        v === null ? null : Array.isArray(v) ? v.map(value) : `v${1000 - Number(v)}`;
      const renamed = historyOf(
        [...h].map((o) => ({
          ...o,
          process: 50 - o.process,
          key: `key ${o.key}`,
          input: value(o.input),
          outcome: o.outcome.type === 'ok' ? { type: 'ok', output: value(o.outcome.output) } : o.outcome,
        })) as unknown as Operation<Register>[],
      );
      for (const model of MODELS) expect(CHECKERS[model].check(renamed).type).toBe(CHECKERS[model].check(h).type);
    }
  });

  it('stay valid when reads are left out and when a write that nobody saw may have happened', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = chance(seed + 4242);
      const h = registerHistory(random, registerShape(random));
      const fewer = historyOf([...h].filter((o) => o.f !== 'read' || random() < 0.6));
      const times = { start: 1_000, end: Number.MAX_SAFE_INTEGER, startNs: 0, endNs: 0 };
      const crash = {
        process: 0,
        f: 'write',
        key: 'x',
        input: 777,
        outcome: { type: 'info', error: 'timeout' },
        ...times,
      };
      const more = historyOf([...h, crash as Operation<Register>]);
      for (const model of MODELS) {
        if (CHECKERS[model].check(h).type !== 'valid') continue;
        expect(CHECKERS[model].check(fewer).type).toBe('valid');
        expect(CHECKERS[model].check(more).type).toBe('valid');
      }
    }
  });
});

describe('counterexamples', () => {
  it('show a stale read of the initial value within one session, which AWDIT misses', () => {
    const h = history([0, 'w', 'x', 1], [0, 'r', 'x', null]);
    for (const model of MODELS.filter((name) => !/monotonic|follow/.test(name))) {
      expect(CHECKERS[model].check(h).type, model).toBe('invalid');
    }
    const anomaly = anomalyOf(causal(), h);
    expect(anomaly.name).toBe('causally-stale-initial-read');
    expect(anomaly.operations).toEqual([0, 2]);
    expect(anomaly.message).toContain('read your writes');
  });

  it('name the guarantee that is broken, in few operations', () => {
    const backwards = history([0, 'w', 'x', 1], [0, 'w', 'x', 2], [1, 'r', 'x', 2], [1, 'r', 'x', 1], [2, 'w', 'y', 9]);
    expect(anomalyOf(monotonicWrites(), backwards)).toMatchObject({
      name: 'non-monotonic-write',
      operations: [0, 2, 4, 6],
    });
    expect(monotonicReads().check(backwards).type).toBe('valid');
    const back = history([0, 'w', 'x', 1], [1, 'r', 'x', 1], [1, 'r', 'x', null]);
    expect(anomalyOf(monotonicReads(), back)).toMatchObject({ name: 'non-monotonic-read', operations: [0, 2, 4] });
    const forgotten = history([0, 'w', 'x', 1], [0, 'w', 'x', 2], [0, 'r', 'x', 1], [0, 'r', 'x', 2]);
    expect(anomalyOf(readYourWrites(), forgotten)).toMatchObject({
      name: 'own-write-not-read',
      operations: [0, 2, 4, 6],
    });
    const reply = history([0, 'w', 'x', 1], [1, 'r', 'x', 1], [1, 'w', 'y', 2], [2, 'r', 'y', 2], [2, 'r', 'x', null]);
    expect(anomalyOf(writesFollowReads(), reply)).toMatchObject({
      name: 'write-not-following-read',
      operations: [0, 2, 4, 6, 8],
    });
  });

  it('of causal consistency say what overwrote the value in whose past', () => {
    const h = history(
      [0, 'w', 'x', 1],
      [1, 'r', 'x', 1],
      [1, 'w', 'x', 2],
      [1, 'w', 'y', 3],
      [2, 'r', 'y', 3],
      [2, 'r', 'x', 1],
    );
    const anomaly = anomalyOf(causal(), h);
    expect(anomaly.name).toBe('causally-stale-read');
    expect(anomaly.message).toContain('process 2 read x = 1');
    expect(anomaly.operations.length).toBeLessThanOrEqual(6);
  });

  it('tell causal convergence and causal memory apart', () => {
    const disagree = history(
      [0, 'w', 'x', 1],
      [1, 'w', 'x', 2],
      [2, 'r', 'x', 1],
      [3, 'r', 'x', 2],
      [2, 'r', 'x', 2],
      [3, 'r', 'x', 1],
    );
    expect(causal().check(disagree).type).toBe('invalid');
    expect(causalMemory().check(disagree).type).toBe('valid');
  });

  it('put what comes before a cas before what the cas found', () => {
    const h = history(
      [0, 'cas', 'y', [null, 3]],
      [2, 'cas', 'y', [3, 5]],
      [2, 'w', 'x', 8],
      [0, 'r', 'x', 8],
      [0, 'r', 'y', 3],
    );
    expect(anomalyOf(pram(), h).name).toBe('view-stale-initial-read');
    expect(causalMemory().check(h).type).toBe('invalid');
  });

  it('show store buffering, which is causal but not sequential', () => {
    const h = history([0, 'w', 'x', 1], [1, 'w', 'y', 2], [0, 'r', 'y', null], [1, 'r', 'x', null]);
    expect(causal().check(h).type).toBe('valid');
    const anomaly = anomalyOf(sequential(), h);
    expect(anomaly.name).toBe('not-sequential');
    expect(anomaly.operations).toEqual([0, 2, 4, 6]);
    expect(anomaly.steps.length).toBeGreaterThan(2);
  });

  it('name reads that no model allows', () => {
    const cases: [string, History<Register>][] = [
      ['thin-air-read', history([0, 'w', 'x', 1], [1, 'r', 'x', 5])],
      ['aborted-read', history([0, 'w', 'x', 1, 'fail'], [1, 'r', 'x', 1])],
    ];
    for (const [name, h] of cases) for (const model of MODELS) expect(anomalyOf(CHECKERS[model], h).name).toBe(name);
  });

  it('know no real time: a read may end before its write begins', () => {
    const h = history([1, 'r', 'x', 1], [0, 'w', 'x', 1]);
    for (const model of MODELS) expect(CHECKERS[model].check(h).type, model).toBe('valid');
    const swap = history([1, 'cas', 'x', [1, 2]], [0, 'w', 'x', 1]);
    for (const model of MODELS) expect(CHECKERS[model].check(swap).type, model).toBe('valid');
  });

  it('keep what stays without real time: sessions and reads-from form no cycle, where a model orders both', () => {
    const own = history([0, 'r', 'x', 1], [0, 'w', 'x', 1]);
    const two = history([0, 'r', 'x', 1], [0, 'w', 'y', 2], [1, 'r', 'y', 2], [1, 'w', 'x', 1]);
    const itself = history([0, 'cas', 'x', [1, 1]]);
    const guarantees = ['read-your-writes', 'monotonic-reads', 'monotonic-writes'];
    for (const model of MODELS) {
      const free = guarantees.includes(model);
      expect(CHECKERS[model].check(own).type, `${model}, one session`).toBe(free ? 'valid' : 'invalid');
      expect(CHECKERS[model].check(itself).type, `${model}, one swap`).toBe(free ? 'valid' : 'invalid');
      const seen = CHECKERS[model].check(two).type;
      expect(seen, `${model}, two sessions`).toBe(free || model === 'PRAM' ? 'valid' : 'invalid');
    }
    for (const h of [own, two, itself]) expect(anomalyOf(causal(), h).name).toBe('causality-cycle');
  });

  it('include what shows that an operation of unknown outcome happened', () => {
    const h = history([0, 'w', 'x', 1, 'info'], [1, 'r', 'x', 1], [1, 'r', 'x', null]);
    expect(anomalyOf(causal(), h).operations).toEqual([0, 2, 4]);
  });
});

describe('histories in which values repeat, or that cannot be judged', () => {
  it('are decided where a value that was read was written twice', () => {
    const twice: Line[] = [
      [0, 'w', 'x', 1],
      [1, 'w', 'x', 1],
      [2, 'r', 'x', 1],
    ];
    for (const model of MODELS) expect(CHECKERS[model].check(history(...twice)).type, model).toBe('valid');
    const wrong = history(...twice, [0, 'w', 'y', 2], [0, 'r', 'y', null]);
    expect(causal().check(wrong).type).toBe('invalid');
    // Whoever wrote the 1 that was read last, the session had read or written the 2 after it.
    const both = history([0, 'w', 'x', 1], [0, 'w', 'x', 2], [1, 'r', 'x', 2], [1, 'r', 'x', 1], [0, 'r', 'x', 2]);
    expect(causal().check(both).type).toBe('invalid');
    const either = history([2, 'w', 'x', 1], [0, 'w', 'x', 1], [0, 'w', 'x', 2], [1, 'r', 'x', 2], [1, 'r', 'x', 1]);
    expect(causal().check(either).type).toBe('valid');
  });

  it('are valid for sequential consistency where they are linearizable, though a value was written twice', () => {
    const h = history([0, 'w', 'x', 1], [1, 'w', 'x', 1], [2, 'r', 'x', 1]);
    expect(sequential().check(h).type).toBe('valid');
  });

  it('are invalid where a process overlaps itself, and unknown with operations of another type', () => {
    const base = { process: 0, key: 'x', startNs: 0, endNs: 0, f: 'write', outcome: { type: 'ok', output: null } };
    const overlapping = historyOf([
      { ...base, input: 1, start: 0, end: 2 },
      { ...base, input: 2, start: 1, end: 3 },
    ] as unknown as Operation<Register>[]);
    expect(anomalyOf(causal(), overlapping).name).toBe('overlapping-operations');
    const strange = historyOf([{ ...base, f: 'push', input: 1, start: 0, end: 2 }] as unknown as Operation<Register>[]);
    expect(causal().check(strange).type).toBe('unknown');
  });

  it('are valid when empty', () => {
    for (const model of MODELS) expect(CHECKERS[model].check(historyOf<Register>([])).type).toBe('valid');
  });
});

describe('long histories', () => {
  /**
   * Each session reads what the one before wrote and writes the next value: one chain of causality through all of them.
   */
  function chain(length: number, last: (builder: HistoryBuilder<Register>) => void): HistoryBuilder<Register> {
    const builder = new HistoryBuilder<Register>();
    for (let i = 0; i < length; i++) {
      const process = i % 7;
      const read = builder.invoke(4 * i, 0, process, { f: 'read', key: `k${(i - 1) % 11}`, input: null });
      builder.complete(read, 4 * i + 1, 0, { type: 'ok', output: i === 0 ? null : i - 1 });
      const write = builder.invoke(4 * i + 2, 0, process, { f: 'write', key: `k${i % 11}`, input: i });
      builder.complete(write, 4 * i + 3, 0, { type: 'ok', output: null });
    }
    last(builder);
    return builder;
  }

  it('do not overflow the stack, and are judged to the last operation', () => {
    const valid = chain(30_000, () => {});
    const stale = chain(30_000, (builder) => {
      const row = builder.invoke(200_000, 0, 100, { f: 'read', key: 'k0', input: null });
      builder.complete(row, 200_001, 0, { type: 'ok', output: 29_996 - (29_996 % 11) });
      const again = builder.invoke(200_002, 0, 100, { f: 'read', key: 'k0', input: null });
      builder.complete(again, 200_003, 0, { type: 'ok', output: 0 });
    });
    for (const model of MODELS) expect(CHECKERS[model].check(valid).type, model).toBe('valid');
    for (const model of ['causal', 'CC', 'sequential'] as const) {
      const anomaly = anomalyOf(CHECKERS[model], stale);
      expect(anomaly.operations.length, model).toBeLessThan(60);
    }
  });
});
