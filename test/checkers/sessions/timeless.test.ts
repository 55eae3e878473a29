import type { History, Register } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { chance } from '../oracle/chance.ts';
import { SESSION_CHECKERS } from '../oracle/session-checkers.ts';
import { type SlowModel, slowly } from '../oracle/sessions.ts';
import { timelessHistory, timelessShape } from '../oracle/timeless.ts';

const HISTORIES = 2_000;

describe('models of sessions know no real time', () => {
  for (const [name, checker] of Object.entries(SESSION_CHECKERS)) {
    it(`${name} agrees with its definition on histories whose times say nothing`, () => {
      const count = { valid: 0, invalid: 0, future: 0 };
      for (let seed = 0; seed < HISTORIES; seed++) {
        const random = chance(seed * 7919 + 13);
        const shape = timelessShape(random);
        const history = timelessHistory(random, shape);
        const expected = slowly(name as SlowModel, history, shape.initial) ? 'valid' : 'invalid';
        const { type } = checker({ initial: shape.initial }).check(history);
        if (type !== expected) expect.fail(`seed ${seed}: ${expected}, got ${type}: ${said(history)}`);
        count[expected]++;
        if (readsTheFuture(history)) count.future++;
      }
      expect(Math.min(count.valid, count.invalid)).toBeGreaterThan(HISTORIES / 10);
      expect(count.future).toBeGreaterThan(HISTORIES / 4);
    });
  }
});

function said(history: History<Register>): string {
  return [...history]
    .map((o) => `${o.process} ${o.f} ${o.key} ${JSON.stringify(o.input)} ${JSON.stringify(o.outcome)}`)
    .join('\n');
}

function readsTheFuture(history: History<Register>): boolean {
  const operations = [...history];
  return operations.some((r) => {
    const found = r.f === 'cas' ? r.input[0] : r.f === 'read' && r.outcome.type === 'ok' ? r.outcome.output : undefined;
    return operations.some(
      (w) => w.f !== 'read' && w.key === r.key && w.start > r.end && (w.f === 'cas' ? w.input[1] : w.input) === found,
    );
  });
}
