import { type History, historyOf, type Operation, type Register } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { chance, registerHistory, registerShape } from '../oracle/registerHistories.ts';
import { SESSION_CHECKERS } from '../oracle/session-checkers.ts';
import { type SlowModel, slowly } from '../oracle/sessions.ts';

const HISTORIES = 2_000;

/**
 * What the counterexample names, as a history of its own;
 * a cas whose old value's writer is not among it becomes a write.
 */
function counterexample(history: History<Register>, starts: readonly number[]): History<Register> {
  const named = [...history].filter((o) => starts.includes(o.start));
  const written = new Set(
    named.map((o) => JSON.stringify([o.key, o.f === 'cas' ? (o.input as unknown as unknown[])[1] : o.input])),
  );
  return historyOf(
    named.map((o) => {
      const [old, next] = o.f === 'cas' ? (o.input as unknown as unknown[]) : [null, null];
      if (o.f !== 'cas' || old === null || written.has(JSON.stringify([o.key, old]))) return o;
      return { ...o, f: 'write', input: next } as unknown as Operation<Register>;
    }),
  );
}

describe('models of sessions on small random histories', () => {
  for (const [name, checker] of Object.entries(SESSION_CHECKERS)) {
    it(`${name} agrees with its definition, and its counterexamples break it by themselves`, () => {
      const count = { valid: 0, invalid: 0, largest: 0 };
      for (let seed = 0; seed < HISTORIES; seed++) {
        const random = chance(seed * 7919 + 13);
        const history = registerHistory(random, registerShape(random));
        const verdict = checker().check(history);
        const expected = slowly(name as SlowModel, history) ? 'valid' : 'invalid';
        expect(verdict.type, `seed ${seed}: ${JSON.stringify([...history])}`).toBe(expected);
        count[expected]++;
        if (verdict.type !== 'invalid') continue;
        for (const anomaly of verdict.anomalies) {
          const some = counterexample(history, anomaly.operations);
          const names = `seed ${seed}: ${JSON.stringify(anomaly)}`;
          if (anomaly.name !== 'aborted-read') expect(slowly(name as SlowModel, some), names).toBe(false);
          count.largest = Math.max(count.largest, anomaly.operations.length);
        }
      }
      expect(count.valid).toBeGreaterThan(HISTORIES / 5);
      expect(count.invalid).toBeGreaterThan(HISTORIES / 10);
    });
  }
});
