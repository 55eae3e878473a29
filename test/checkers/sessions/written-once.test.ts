/** What was written once refutes sequential consistency among values that repeat, and is never wrong. */
import { type History, historyOf, NEVER, type Operation, type Register, register, sequential } from 'elle-ts';
import { expect, test } from 'vitest';
import { bruteSequential } from '../oracle/brute-force.ts';
import { type Chance, chance } from '../oracle/chance.ts';

const call = (process: number, at: number, f: string, input: unknown, output: unknown): Operation<Register> => {
  const times = { start: at, end: at + 1, startNs: at, endNs: at + 1 };
  return { process, f, input, outcome: { type: 'ok', output }, ...times } as unknown as Operation<Register>;
};

const unanswered = (one: Operation<Register>): Operation<Register> =>
  ({ ...one, outcome: { type: 'info', error: 'timeout' }, end: NEVER, endNs: NEVER }) as Operation<Register>;

/** Calls one after the other of sessions each of which reads what was there some time ago, on one key. */
function lagging(random: Chance, length: number, sessions: number, lies: number): Operation<Register>[] {
  const log: unknown[] = [null];
  const seen = Array.from({ length: sessions }, () => 0);
  const names = seen.map((_, session) => session);
  const lie = random.int(length);
  return Array.from({ length }, (_, i) => {
    const session = random.int(sessions);
    const process = names[session] as number;
    if (random.maybe(0.4)) {
      const value = random.maybe(0.3) ? 100 + i : random.int(3);
      const old = log.at(-1);
      seen[session] = log.push(value) - 1;
      if (random.maybe(0.2)) return call(process, 2 * i, 'cas', [old, value], null);
      const write = call(process, 2 * i, 'write', value, null);
      if (!random.maybe(0.1)) return write;
      names[session] = sessions + i;
      return unanswered(write);
    }
    const from = seen[session] as number;
    seen[session] = from + random.int(log.length - from);
    const at = i === lie && lies > 0 ? random.int(log.length) : seen[session];
    return call(process, 2 * i, 'read', null, log[at as number]);
  });
}

const SEEDS = 2500;

test('it refutes nothing that some order explains, and what it names breaks the model by itself', () => {
  let refuted = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const random = chance(seed);
    const history: History<Register> = historyOf(lagging(random, 9, 3, seed % 3));
    const truth = bruteSequential(history, register);
    const found = sequential().check(history);
    expect({ seed, is: found.type }).toEqual({ seed, is: truth ? 'valid' : 'invalid' });
    if (found.type !== 'invalid') continue;
    // With a budget of one step nothing is searched: only what is derived is left.
    if (sequential({ maxSteps: 1 }).check(history).type === 'invalid') refuted++;
    const [{ operations }] = found.anomalies;
    const alone = historyOf([...history].filter(({ start }) => operations.includes(start)));
    expect({ seed, truth, alone: bruteSequential(alone, register) }).toEqual({ seed, truth: false, alone: false });
  }
  expect(refuted).toBeGreaterThan(SEEDS / 40);
});

test('a read of what its session knows to be gone, among thousands of operations of hundreds of sessions', () => {
  for (let seed = 0; seed < 3; seed++) {
    const few = historyOf(lagging(chance(seed), 200, 20, 0));
    expect(sequential({ maxSteps: 1 }).check(few).type).not.toBe('invalid');
    const sound = lagging(chance(seed), 3000, 300, 0);
    // One session more writes a value, reads another, and then the first again.
    const last = sound.length * 2;
    const reads = [call(999, last + 2, 'read', null, 1), call(999, last + 4, 'read', null, 7)];
    const verdict = sequential({ maxSteps: 1 }).check(
      historyOf([...sound, call(999, last, 'write', 7, null), ...reads]),
    );
    expect(verdict.type).toBe('invalid');
    const shown = verdict.type === 'invalid' ? verdict.anomalies[0].operations : [];
    expect(shown.length).toBeLessThanOrEqual(4);
  }
});

test('what is no operation on a register is not taken for one', () => {
  const reads = [0, 2].map((at) => call(1, at, 'read', null, 1));
  const writes = [call(0, 4, 'write', 1, null), call(0, 6, 'write', 1, null)];
  for (const other of [call(2, 8, 'cas', 5, null), call(2, 8, 'cas', null, null), call(2, 8, 'increment', 1, null)]) {
    const verdict = sequential().check(historyOf([...reads, ...writes, other]));
    expect(verdict.type).toBe('unknown');
  }
});
