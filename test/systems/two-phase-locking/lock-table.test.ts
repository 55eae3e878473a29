import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lockTable, type Owner } from '../../../systems/two-phase-locking/lock-table.ts';

/** The smaller the number, the older. */
const owner = (age: number): Owner => ({ txn: `t${age}`, age: [age, 0, 'n1'] });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A table that writes down what became of each request. */
function observed() {
  const table = lockTable();
  const states = new Map<string, string>();
  const ask = (age: number, mode: 'shared' | 'exclusive', key = 'x') => {
    const name = `t${age} ${mode} ${key}`;
    states.set(name, 'waits');
    Promise.resolve(table.acquire(key, owner(age), mode)).then(
      () => states.set(name, 'holds'),
      () => states.set(name, 'dies'),
    );
  };
  const known = async () => {
    await turn();
    return Object.fromEntries(states);
  };
  return { table, ask, states: known };
}

describe('a lock table', () => {
  it('lets readers share, and the older writer wait for them', async () => {
    const { table, ask, states } = observed();
    ask(2, 'shared');
    ask(3, 'shared');
    ask(1, 'exclusive');
    expect(await states()).toEqual({ 't2 shared x': 'holds', 't3 shared x': 'holds', 't1 exclusive x': 'waits' });
    table.release('x', 't2');
    table.release('x', 't3');
    expect((await states())['t1 exclusive x']).toBe('holds');
  });

  it('has the younger die rather than wait', async () => {
    const { ask, states } = observed();
    ask(1, 'exclusive');
    ask(2, 'shared');
    ask(3, 'exclusive');
    expect(await states()).toEqual({ 't1 exclusive x': 'holds', 't2 shared x': 'dies', 't3 exclusive x': 'dies' });
  });

  it('has one who waits die when an older one comes to hold the lock', async () => {
    const { table, ask, states } = observed();
    ask(5, 'exclusive');
    ask(1, 'exclusive');
    ask(3, 'exclusive');
    expect(await states()).toEqual({ 't5 exclusive x': 'holds', 't1 exclusive x': 'waits', 't3 exclusive x': 'waits' });
    table.release('x', 't5');
    expect(await states()).toEqual({ 't5 exclusive x': 'holds', 't1 exclusive x': 'holds', 't3 exclusive x': 'dies' });
  });

  it('lets one who reads alone write, and the younger of two who read die of the wish', async () => {
    const { table, ask, states } = observed();
    ask(1, 'shared');
    ask(2, 'shared');
    ask(2, 'exclusive');
    expect((await states())['t2 exclusive x']).toBe('dies');
    table.release('x', 't2');
    ask(1, 'exclusive');
    expect((await states())['t1 exclusive x']).toBe('holds');
    ask(3, 'shared');
    expect((await states())['t3 shared x']).toBe('dies');
  });

  it('never has a writer and another hold one key, and never anybody wait for an older one', async () => {
    const step = fc.record({
      age: fc.integer({ min: 1, max: 4 }),
      what: fc.constantFrom('shared', 'exclusive', 'release'),
    });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const watched = new Watched();
      for (const { age, what } of steps) {
        if (what === 'release') watched.release(age);
        else watched.acquire(age, what as Mode);
        await turn();
        watched.expectOrder();
      }
    });
    await fc.assert(property, { numRuns: 300 });
  });
});

type Mode = 'shared' | 'exclusive';

/** One key, with all who hold it and all who wait. */
class Watched {
  private readonly table = lockTable();
  private readonly holds = new Map<number, Mode>();
  private readonly waits = new Set<{ readonly age: number; readonly mode: Mode }>();

  acquire(age: number, mode: Mode): void {
    const wait = { age, mode };
    this.waits.add(wait);
    const grant = () => {
      if (this.holds.get(age) !== 'exclusive') this.holds.set(age, mode);
    };
    Promise.resolve(this.table.acquire('x', owner(age), mode))
      .then(grant, () => undefined)
      .finally(() => this.waits.delete(wait));
  }

  release(age: number): void {
    this.holds.delete(age);
    this.table.release('x', `t${age}`);
  }

  expectOrder(): void {
    const holders = [...this.holds];
    if (holders.some(([, mode]) => mode === 'exclusive')) expect(holders).toHaveLength(1);
    for (const { age, mode } of this.waits) {
      const others = holders.filter(([other, held]) => other !== age && (mode === 'exclusive' || held === 'exclusive'));
      expect(others).not.toHaveLength(0);
      for (const [other] of others) expect(other).toBeGreaterThan(age);
    }
  }
}
