/** Stores in memory with the isolation that their levels say, to hold the engine to what it must find. */
import { holds } from 'elle-ts';
import type { Done, Kind, Step } from '../../isolation/steps.ts';
import type { Level, Log, Store, StoreSession } from '../../isolation/stores/store.ts';

/** `none`: every step at once, and undone at a rollback. `serial`: one transaction at a time. */
const level = (name: string): Level => ({ name, says: 'a toy', begin: name });

/** The levels of the toy. `stale`: one at a time, but what only reads sees the state before the last commit. */
const toyLevels: readonly Level[] = ['none', 'serial', 'stale'].map(level);

type Rows = Map<string, unknown>;

class Toy {
  waiting = 0;
  rows: Rows = new Map();
  before: Rows = new Map();
  private last: Promise<void> = Promise.resolve();

  /** Resolves when nobody else has it, to what gives it back. */
  async lock(): Promise<() => void> {
    let free: () => void = () => {};
    const mine = new Promise<void>((resolve) => {
      free = resolve;
    });
    const others = this.last;
    this.last = others.then(() => mine);
    this.waiting++;
    await others;
    this.waiting--;
    return free;
  }
}

class ToySession implements StoreSession {
  done: Done[] = [];
  private readonly toy: Toy;
  private readonly log: Log;
  private undo: [string, unknown][] = [];
  private free: (() => void) | undefined;
  private isStale = false;

  constructor(toy: Toy, log: Log) {
    this.toy = toy;
    this.log = log;
  }

  async begin({ name }: Level): Promise<void> {
    this.done = [];
    this.undo = [];
    this.free = undefined;
    this.isStale = name === 'stale';
    if (name === 'none') return;
    const locked = this.toy.lock();
    this.log(
      'begin',
      locked.then(() => 'locked'),
    );
    this.free = await locked;
  }

  async step(kind: Kind, group: number, step: Step): Promise<void> {
    const prefix = `${kind} ${group} `;
    const old = this.isStale && this.undo.length === 0 ? this.toy.before : this.toy.rows;
    const [f, row] = step;
    if (step[0] === 'move') return this.move(prefix, step);
    if (f === 'rp') {
      const own = [...old].filter(([key, value]) => key.startsWith(prefix) && holds(step[1], value as number));
      const found = own.map(([key, value]) => [key.slice(prefix.length), value] as const).sort();
      this.done.push([f, row, Object.fromEntries(found)]);
    } else if (f === 'r') this.done.push([f, row, old.get(prefix + row) ?? (kind === 'list-append' ? [] : null)]);
    else this.write(prefix, step as Done);
  }

  async commit(): Promise<void> {
    if (this.undo.length > 0) this.toy.before = new Map([...this.toy.rows, ...this.undo.reverse()]);
    this.free?.();
  }

  async rollback(): Promise<void> {
    for (const [key, value] of this.undo.reverse()) this.put(key, value);
    this.free?.();
  }

  close(): void {}

  private write(prefix: string, [f, row, value]: Done): void {
    const key = `${prefix}${row}`;
    const old = this.toy.rows.get(key);
    this.undo.push([key, old]);
    if (f === 'delete' && old === undefined) {
      this.done.push(['r', row, null]);
      return;
    }
    this.put(key, f === 'delete' ? undefined : f === 'append' ? [...((old ?? []) as number[]), value] : value);
    this.done.push([f, row, f === 'delete' ? null : value]);
  }

  private move(prefix: string, [, from, to, amount, id]: Extract<Step, readonly ['move', ...unknown[]]>): void {
    const balance = (row: string) => Math.floor(Number(this.done.findLast(([, one]) => one === row)?.[2] ?? 0) / 1000);
    this.write(prefix, ['w', from, (balance(from) - amount) * 1000 + id]);
    this.write(prefix, ['w', to, (balance(to) + amount) * 1000 + id]);
  }

  private put(key: string, value: unknown): void {
    if (value === undefined) this.toy.rows.delete(key);
    else this.toy.rows.set(key, value);
  }
}

/** A store in memory. */
export function toyStore(levels: readonly Level[] = toyLevels): Store {
  const toy = new Toy();
  return {
    ...{ version: 'Toy <1>', levels, notes: [] },
    async prepare() {},
    async fill(group, rows) {
      for (const [row, value] of Object.entries(rows)) toy.rows.set(`predicate-registers ${group} ${row}`, value);
    },
    open: async (log) => new ToySession(toy, log),
    waiting: async () => toy.waiting,
    async close() {},
  };
}
