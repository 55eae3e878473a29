/** Registers: linearizability by zones, chains and search, and every model of sessions. */
import {
  type Checker,
  causal,
  causalConsistency,
  causalMemory,
  type History,
  linearizable,
  monotonicReads,
  monotonicWrites,
  pram,
  type Register,
  readYourWrites,
  register,
  sequential,
  writesFollowReads,
} from 'elle-ts';
import { bruteLinearizable } from '../checkers/oracle/brute-force.ts';
import { type Chance, chance } from '../checkers/oracle/chance.ts';
import { randomHistory } from '../checkers/oracle/random.ts';
import { chance as draws, registerHistory, registerShape } from '../checkers/oracle/registerHistories.ts';
import { type SlowModel, slowly } from '../checkers/oracle/sessions.ts';
import { timelessHistory, timelessShape } from '../checkers/oracle/timeless.ts';
import type { Subject } from './subject.ts';

const CALLS: Readonly<Record<string, (c: Chance, n: number) => { f: string; input: unknown }>> = {
  'register, unique values': (c, n) => (c.maybe(0.5) ? { f: 'read', input: null } : { f: 'write', input: n + 1 }),
  'cas register, unique values': (c, n) => {
    if (c.maybe(0.3)) return { f: 'read', input: null };
    return c.maybe(0.3) ? { f: 'write', input: n + 1 } : { f: 'cas', input: [c.int(n + 1) || null, n + 1] };
  },
  'cas register, repeated values': (c) => {
    if (c.maybe(0.4)) return { f: 'read', input: null };
    return c.maybe(0.6) ? { f: 'write', input: c.int(3) } : { f: 'cas', input: [c.int(3), c.int(3)] };
  },
};

const linearizableRegisters: readonly Subject[] = Object.entries(CALLS).map(([name, call]) => ({
  name,
  draw: (seed) => {
    const c = chance(seed);
    return randomHistory(c, register, {
      operations: 4 + c.int(5),
      processes: 2 + c.int(3),
      keys: c.pick([['x'], ['x'], ['x', 'y']]),
      call,
      info: c.pick([0, 0.12]),
      fail: c.pick([0, 0.1]),
      damage: c.int(4),
      slow: c.pick([1, 3]),
    }) as unknown as History;
  },
  judge: (history) => ({ linearizable: linearizable(register).check(history as unknown as History<Register>) }),
  truth: (history) => ({ linearizable: bruteLinearizable(history as unknown as History<Register>, register) }),
}));

const SESSIONS: Readonly<Record<SlowModel, Checker<Register>>> = {
  sequential: sequential({ certificate: true }),
  causal: causal({ certificate: true }),
  CM: causalMemory(),
  CC: causalConsistency(),
  PRAM: pram(),
  'read-your-writes': readYourWrites(),
  'monotonic-reads': monotonicReads(),
  'monotonic-writes': monotonicWrites(),
  'writes-follow-reads': writesFollowReads(),
};

const MODELS = Object.keys(SESSIONS) as SlowModel[];

const DRAWN: Readonly<Record<string, (seed: number) => History<Register>>> = {
  'registers in sessions': (seed) => {
    const random = draws(seed);
    return registerHistory(random, registerShape(random));
  },
  'registers in sessions, at times that say nothing': (seed) => {
    const c = chance(seed);
    return timelessHistory(c, { ...timelessShape(c), initial: null });
  },
  'registers in sessions, values that repeat': (seed) => {
    const c = chance(seed);
    return timelessHistory(c, { ...timelessShape(c), initial: null, values: 2 + (seed % 3) });
  },
};

const sessions = Object.entries(DRAWN).map(
  ([name, draw]): Subject => ({
    name,
    draw: (seed) => draw(seed) as unknown as History,
    judge: (history) =>
      Object.fromEntries(MODELS.map((name) => [name, SESSIONS[name].check(history as unknown as History<Register>)])),
    truth: (history) =>
      Object.fromEntries(MODELS.map((name) => [name, slowly(name, history as unknown as History<Register>)])),
  }),
);

export const registers: readonly Subject[] = [...linearizableRegisters, ...sessions];
