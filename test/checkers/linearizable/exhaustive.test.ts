import { type History, historyOf, linearizable, NEVER, type Operation, type Register, register } from 'elle-ts';
import { expect, test } from 'vitest';
import { bruteLinearizable } from '../oracle/brute-force.ts';

type Kind = Pick<Operation<Register>, 'f' | 'input' | 'outcome'>;

const ok = (output: unknown): Operation<Register>['outcome'] =>
  ({ type: 'ok', output }) as Operation<Register>['outcome'];
const info = { type: 'info', error: 'timeout' } as const;
const fail = { type: 'fail', error: 'refused' } as const;
const read = (value: number | null): Kind => ({ f: 'read', input: null, outcome: ok(value) }) as Kind;
const write = (value: number, outcome: unknown = ok(null)): Kind => ({ f: 'write', input: value, outcome }) as Kind;
const cas = (old: number | null, next: number, outcome: unknown = ok(null)): Kind =>
  ({ f: 'cas', input: [old, next], outcome }) as Kind;

/** All ways in which n intervals can overlap: for each event which interval begins or ends, begins in order. */
function shapes(n: number): readonly (readonly number[])[] {
  const found: number[][] = [];
  const go = (events: number[], begun: number, open: readonly number[]): void => {
    if (begun === n && open.length === 0) found.push(events);
    if (begun < n) go([...events, begun], begun + 1, [...open, begun]);
    for (const o of open)
      go(
        [...events, o],
        begun,
        open.filter((other) => other !== o),
      );
  };
  go([], 0, []);
  return found;
}

function historyFrom(shape: readonly number[], kinds: readonly Kind[]): History<Register> {
  return historyOf(
    kinds.map((kind, i) => {
      const start = shape.indexOf(i);
      const end = kind.outcome.type === 'info' ? NEVER : shape.lastIndexOf(i);
      return { ...kind, process: i, start, end, startNs: start, endNs: end } as Operation<Register>;
    }),
  );
}

/** Judges every history of n operations of these kinds; the numbers of valid and invalid ones. */
function judgeAll(n: number, alphabet: readonly Kind[]): { valid: number; invalid: number } {
  const counts = { valid: 0, invalid: 0 };
  const wrong: unknown[] = [];
  for (const shape of shapes(n)) {
    for (let number = 0; number < alphabet.length ** n; number++) {
      const kinds = Array.from(
        { length: n },
        (_, i) => alphabet[Math.floor(number / alphabet.length ** i) % alphabet.length] as Kind,
      );
      const history = historyFrom(shape, kinds);
      const expected = bruteLinearizable(history, register) ? 'valid' : 'invalid';
      counts[expected]++;
      const { type } = linearizable(register).check(history);
      if (type !== expected) wrong.push({ shape, kinds, type, expected });
    }
  }
  expect(wrong).toEqual([]);
  return counts;
}

test('every history of three reads, writes and swaps of any outcome is judged as the definition does', () => {
  const alphabet = [
    ...[read(null), read(1), read(2)],
    ...[write(1), write(1, info), write(1, fail), write(2)],
    ...[cas(null, 1), cas(1, 2), cas(2, 1, info)],
  ];
  const counts = judgeAll(3, alphabet);
  expect(counts.valid + counts.invalid).toBe(15 * 10 ** 3);
  expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(2000);
});

test('every history of four reads and writes is judged as the definition does', () => {
  const counts = judgeAll(4, [read(1), read(2), write(1), write(2)]);
  expect(counts.valid + counts.invalid).toBe(105 * 4 ** 4);
});
