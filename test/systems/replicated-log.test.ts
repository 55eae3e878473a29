import { describe, expect, it } from 'vitest';
import { Refused } from '../../systems/node.ts';
import { Entries, type Entry, type Snapshot } from '../../systems/replicated-log/entries.ts';
import { Sessions } from '../../systems/replicated-log/sessions.ts';
import type { StateMachine } from '../../systems/replicated-log/state-machine.ts';
import { runCell } from './cell.ts';
import { systemNamed } from './chapters/counterexamples.ts';
import { huntOf } from './hunts.ts';

const MEMBERS = ['n1', 'n2', 'n3'];
const entry = (term: number): Entry => ({ term, payload: { type: 'begin' } });
const members = (term: number, nodes: readonly string[]): Entry => ({
  term,
  payload: { type: 'members', members: nodes },
});
const snapshot = (index: number, term: number): Snapshot => ({ index, term, members: MEMBERS, state: null });

/** A disk that can die after any of its writes. */
function disk() {
  const kept = new Map<string, string>();
  let left = Number.POSITIVE_INFINITY;
  return {
    dieAfter(writes: number) {
      left = writes;
    },
    async read<T>(key: string) {
      const text = kept.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as T);
    },
    async write(key: string, value: unknown) {
      if (left-- <= 0) throw new Error('the node has died');
      kept.set(key, JSON.stringify(value));
    },
  };
}

const terms = (log: Entries) => log.all.map(({ term }) => term);

describe('a log on disk', () => {
  it('is found again as it was left', async () => {
    const on = disk();
    const log = await Entries.open(on, MEMBERS);
    await log.append([entry(1), members(1, ['n1', 'n2']), entry(2)]);
    await log.truncate(2);
    await log.append([entry(3)]);
    const again = await Entries.open(on, MEMBERS);
    expect(terms(again)).toEqual([1, 1, 3]);
    expect(again.members).toEqual(['n1', 'n2']);
    expect(again.membersIndex).toBe(2);
  });

  it('takes back a word on members that it is made to forget', async () => {
    const log = await Entries.open(disk(), MEMBERS);
    await log.append([entry(1), members(1, ['n1', 'n2'])]);
    await log.truncate(1);
    expect(log.members).toEqual(MEMBERS);
  });

  it('keeps what follows its own snapshot, whenever the node dies', async () => {
    for (let writes = 0; writes <= 3; writes++) {
      const on = disk();
      const log = await Entries.open(on, MEMBERS);
      await log.append([entry(1), entry(1), entry(2)]);
      on.dieAfter(writes);
      await log.replaceBy(snapshot(2, 1), true).catch(() => undefined);
      on.dieAfter(Number.POSITIVE_INFINITY);
      const again = await Entries.open(on, MEMBERS);
      expect(again.last).toBe(3);
      expect(again.lastTerm).toBe(2);
    }
  });

  it('has either the whole of what it had or a snapshot that replaced it, and continues from there', async () => {
    for (let writes = 0; writes <= 2; writes++) {
      const on = disk();
      const log = await Entries.open(on, MEMBERS);
      await log.append([entry(1), entry(1), entry(1)]);
      on.dieAfter(writes);
      await log.replaceBy(snapshot(2, 5), false).catch(() => undefined);
      on.dieAfter(Number.POSITIVE_INFINITY);
      const again = await Entries.open(on, MEMBERS);
      expect([again.last, again.lastTerm]).toEqual(writes === 0 ? [3, 1] : [2, 5]);
      await again.append([entry(6)]);
      const third = await Entries.open(on, MEMBERS);
      expect([third.last, third.lastTerm]).toEqual([writes === 0 ? 4 : 3, 6]);
    }
  });
});

/** Adds up; refuses what is negative. */
function sums(): StateMachine<number, null> {
  let sum = 0;
  return {
    apply(by) {
      if (by < 0) throw new Refused('negative');
      sum += by;
      return sum;
    },
    query: () => sum,
    save: () => sum,
    restore(saved) {
      sum = saved as number;
    },
  };
}

describe('sessions', () => {
  const ask = (request: number, command: number, lowest = 1, life = 1) => ({
    node: 'n1',
    life,
    request,
    lowest,
    command,
  });

  it('apply a command once, and answer the same again', () => {
    const sessions = new Sessions(sums() as StateMachine);
    expect(sessions.apply(ask(1, 5))).toEqual({ reply: 5 });
    expect(sessions.apply(ask(2, 2))).toEqual({ reply: 7 });
    expect(sessions.apply(ask(1, 5))).toEqual({ reply: 5 });
    expect(sessions.apply(ask(3, -1))).toMatchObject({ refused: 'negative' });
    expect(sessions.machine.query(null)).toBe(7);
  });

  it('are part of what is saved', () => {
    const one = new Sessions(sums() as StateMachine);
    one.apply(ask(1, 5));
    const saved = one.save();
    one.apply(ask(2, 1));
    const other = new Sessions(sums() as StateMachine);
    other.restore(JSON.parse(JSON.stringify(saved)));
    expect(other.apply(ask(1, 5))).toEqual({ reply: 5 });
    expect(other.apply(ask(2, 1))).toEqual({ reply: 6 });
  });

  it('do nothing for requests that nobody waits for', () => {
    const sessions = new Sessions(sums() as StateMachine);
    sessions.apply(ask(3, 1, 3));
    expect(sessions.apply(ask(2, 10, 2))).toHaveProperty('refused');
    sessions.apply(ask(1, 1, 1, 2));
    expect(sessions.apply(ask(4, 10, 3, 1)), 'of an earlier life').toHaveProperty('refused');
    expect(sessions.machine.query(null)).toBe(2);
  });
});

describe('Raft', () => {
  const twins = ['commits-earlier-term', 'changes-at-once', 'vote-forgotten'];

  it.each(twins)('keeps its claims where replicated-log/%s is caught', async (twin) => {
    const cell = { ...huntOf(systemNamed(`replicated-log/${twin}`)), system: systemNamed('replicated-log/raft') };
    const { refuted, undecided } = await runCell(cell, 1, 60);
    expect(refuted).toEqual([]);
    expect(undecided).toEqual([]);
  });
});
