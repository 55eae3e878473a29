import { type History, historyOf, judge, NEVER, type Operation } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { type Chance, chance } from './oracle/chance.ts';
import { historyOfType } from './oracle/every-datatype.ts';
import { asTransactions, timelessHistory, timelessShape } from './oracle/timeless.ts';

const HISTORIES = 400;
/** Models that ask for the order of each session and for no other time. */
const SESSIONS = ['sequential', 'causal', 'CM', 'CC', 'PRAM'];
const GUARANTEES = ['writes-follow-reads', 'monotonic-writes', 'monotonic-reads', 'read-your-writes'];
const TYPES: Readonly<Record<string, readonly string[]>> = {
  register: [...SESSIONS, ...GUARANTEES],
  ...Object.fromEntries(
    ['kv', 'multi-register', 'counter', 'queue', 'priority-queue', 'stack', 'set', 'lin-set', 'mutex', 'semaphore'].map(
      (type) => [type, ['sequential']],
    ),
  ),
};

/** The operations of each process in their order, those of different processes in another one, some of them at once. */
function interleavedAnew(c: Chance, history: History): History {
  const queues = new Map<number, Operation[]>();
  for (const o of history) queues.set(o.process, [...(queues.get(o.process) ?? []), o]);
  const open = new Map<number, number>();
  const done: Operation[] = [];
  for (let time = 0; queues.size > 0; time++) {
    const process = c.pick([...queues.keys()]);
    const [next, ...rest] = queues.get(process) as Operation[];
    const start = open.get(process);
    if (start === undefined) {
      open.set(process, time);
      continue;
    }
    open.delete(process);
    if (rest.length > 0) queues.set(process, rest);
    else queues.delete(process);
    const end = next?.end === NEVER ? NEVER : time;
    done.push({ ...next, start, end, startNs: start, endNs: time } as Operation);
  }
  return historyOf(done, { realTime: false });
}

/** The same, all begun before any ended, as a reader may give them where it knows no order. */
function allAtOnce(history: History): History {
  const operations = [...history];
  return historyOf(
    operations.map((o, i) => ({ ...o, start: i, end: o.end === NEVER ? NEVER : operations.length + i }) as Operation),
    { realTime: false },
  );
}

describe('a history without real time is judged by the order of each process alone', () => {
  for (const [type, models] of Object.entries(TYPES))
    it(`as ${type}`, () => {
      const count = { true: 0, false: 0, unknown: 0 };
      for (let seed = 0; seed < HISTORIES; seed++) {
        const c = chance(seed);
        const history =
          type === 'register' && c.maybe(0.7)
            ? (timelessHistory(c, timelessShape(c)) as unknown as History)
            : historyOfType(c, type);
        const others = [interleavedAnew(c, history), interleavedAnew(c, history), allAtOnce(history)];
        for (const model of models) {
          const [first, ...rest] = others.map((other) => judge(other, { type, model }).valid);
          if (rest.some((said) => said !== first))
            expect.fail(`seed ${seed}: ${model} is ${first}, and ${rest}: ${JSON.stringify([...history])}`);
          count[`${first as boolean}`]++;
        }
      }
      expect(Math.min(count.true, count.false)).toBeGreaterThan(HISTORIES / 10);
      expect(count.unknown).toBeLessThan(HISTORIES / 2);
    });

  it('as transactions of one micro-operation each: all ways to write registers agree', () => {
    for (let seed = 0; seed < HISTORIES; seed++) {
      const c = chance(seed);
      const timeless = timelessHistory(c, { ...timelessShape(c), cas: 0, initial: null }) as unknown as History;
      const history = interleavedAnew(c, timeless);
      const transactions = asTransactions(history as never);
      const said = [
        judge(history, { type: 'register', model: 'sequential' }).valid,
        judge(transactions, { type: 'multi-register', model: 'sequential' }).valid,
        judge(transactions, { type: 'rw-register', model: 'strong-session-serializable' }).valid,
      ];
      if (new Set(said).size > 1) expect.fail(`seed ${seed}: ${said}: ${JSON.stringify([...history])}`);
    }
  });
});
