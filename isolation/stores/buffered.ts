/**
 * Sessions of stores whose transactions are sent at their end: whole, with what they read; or by optimistic clients,
 * which read at once, keep what they write to themselves, and ask at the end whether what they read is still so.
 */
import { holds } from 'elle-ts';
import { balanceOf, balanceValue, type Done, type Kind, type Step } from '../steps.ts';
import { Aborted, type Level, type Log, type StoreSession } from './store.ts';

/** A step with where it belongs. */
export interface Placed {
  readonly kind: Kind;
  readonly group: number;
  readonly step: Done;
}

/** Sends all steps as one request; resolves to them as they were done. */
export type Send = (steps: readonly Placed[]) => Promise<readonly Done[]>;

/** A step that depends on no other, as it stands in a history before its result is known. */
export function asDone(step: Step): Done {
  if (step[0] === 'move') throw new Error('a transaction that is sent whole cannot write what depends on its reads');
  return step[0] === 'r' || step[0] === 'delete' || step[0] === 'rp' ? [step[0], step[1], null] : step;
}

/** Shows a request and what came back. */
export async function logged<T>(log: Log, text: string, asked: Promise<T>, say: (told: T) => string): Promise<T> {
  const said = asked.then(say);
  said.catch(() => {}); // Whoever asked is told.
  log(text, said);
  return asked;
}

/** One transaction is one request. */
export class OneRequestSession implements StoreSession {
  done: Done[] = [];
  private steps: Placed[] = [];
  private readonly send: Send;
  private readonly log: Log;
  private readonly words: string;

  /** `words` is what the request is called. */
  constructor(send: Send, log: Log, words: string) {
    this.send = send;
    this.log = log;
    this.words = words;
  }

  async begin(): Promise<void> {
    this.steps = [];
    this.done = [];
  }

  async step(kind: Kind, group: number, step: Step): Promise<void> {
    this.steps.push({ kind, group, step: asDone(step) });
    this.done.push(asDone(step));
  }

  async commit(): Promise<void> {
    const text = `${this.words} ${this.steps.map(({ step }) => stepText(step)).join('; ')}`;
    this.done = [...(await logged(this.log, text, this.send(this.steps), (done) => done.map(resultText).join('; ')))];
  }

  async rollback(): Promise<void> {
    this.steps = [];
  }

  /** Whoever opened the connection closes it. */
  close(): void {}
}

/** One connection whose transactions are made in different ways, as their level says. */
export class ByLevel implements StoreSession {
  private readonly choose: (level: Level) => StoreSession;
  private now: StoreSession | undefined;
  readonly close: () => void;

  constructor(choose: (level: Level) => StoreSession, close: () => void) {
    this.choose = choose;
    this.close = close;
  }

  get done(): readonly Done[] {
    return this.now!.done;
  }

  async begin(level: Level): Promise<void> {
    this.now = this.choose(level);
    await this.now.begin(level);
  }

  step(kind: Kind, group: number, step: Step): Promise<void> {
    return this.now!.step(kind, group, step);
  }

  commit(): Promise<void> {
    return this.now!.commit();
  }

  rollback(): Promise<void> {
    return this.now!.rollback();
  }
}

/** What an optimistic client asks of its store. */
export interface Optimistic {
  begin(): void;
  /** Reads a row, of which it remembers whatever it must compare at the end. */
  get(placed: Placed): Promise<unknown>;
  /** Reads all rows of a group; absent where clients do not. */
  rows?(placed: Placed): Promise<Readonly<Record<string, number>>>;
  /** Writes, where nothing that was compared is other than it was; whether it did. */
  commit(writes: readonly Placed[]): Promise<boolean>;
  forget(): Promise<void>;
}

/** Reads at once, writes at the end. */
export class OptimisticSession implements StoreSession {
  done: Done[] = [];
  private writes: Placed[] = [];
  private readonly store: Optimistic;
  private readonly log: Log;

  constructor(store: Optimistic, log: Log) {
    this.store = store;
    this.log = log;
  }

  async begin(_: Level): Promise<void> {
    this.done = [];
    this.writes = [];
    this.store.begin();
  }

  async step(kind: Kind, group: number, step: Step): Promise<void> {
    if (step[0] === 'move') return this.move(kind, group, step);
    const placed: Placed = { kind, group, step: asDone(step) };
    const [f, row] = placed.step;
    if (f === 'r') this.done.push([f, row, await this.get(placed)]);
    else if (f === 'rp') this.done.push([f, row, await this.select(placed)]);
    else this.write(placed);
  }

  async commit(): Promise<void> {
    const text = `commit ${this.writes.map(({ step }) => stepText(step)).join('; ')}`.trim();
    const say = (isDone: boolean): string => (isDone ? 'committed' : 'refused');
    if (await logged(this.log, text, this.store.commit(this.writes), say)) return;
    throw new Aborted('what was read was changed meanwhile');
  }

  async rollback(): Promise<void> {
    await this.store.forget();
  }

  /** Whoever opened the connection closes it. */
  close(): void {}

  private write(placed: Placed): void {
    this.writes.push(placed);
    this.done.push(placed.step);
  }

  private async get(placed: Placed): Promise<unknown> {
    const own = this.writes.filter(({ step, group }) => group === placed.group && step[1] === placed.step[1]);
    const last = own.at(-1)?.step;
    if (last && last[0] !== 'append') return last[0] === 'delete' ? null : last[2];
    const say = (value: unknown): string => JSON.stringify(value);
    const read = await logged(this.log, stepText(placed.step), this.store.get(placed), say);
    if (!last) return read;
    return [...(read as readonly unknown[]), ...own.map(({ step }) => step[2])];
  }

  private async select(placed: Placed): Promise<unknown> {
    if (!this.store.rows) throw new Error('this client reads no ranges');
    const asked = this.store.rows(placed);
    const rows: Record<string, number> = { ...(await logged(this.log, stepText(placed.step), asked, JSON.stringify)) };
    for (const { step, group } of this.writes) {
      if (group !== placed.group) continue;
      if (step[0] === 'delete') delete rows[String(step[1])];
      else rows[String(step[1])] = Number(step[2]);
    }
    return matching(rows, placed.step);
  }

  private async move(kind: Kind, group: number, [, from, to, amount, id]: Step & readonly ['move', ...unknown[]]) {
    const balance = (row: unknown): number => balanceOf(this.done.findLast(([, one]) => one === row)?.[2]);
    this.write({ kind, group, step: ['w', from, balanceValue(balance(from) - amount, id)] });
    this.write({ kind, group, step: ['w', to, balanceValue(balance(to) + amount, id)] });
  }
}

/** The rows of which a predicate holds, in the order of their keys. */
export function matching(
  rows: Readonly<Record<string, number>>,
  [, predicate]: Done,
): Readonly<Record<string, number>> {
  const those = Object.entries(rows).filter(([, value]) => holds(predicate as Parameters<typeof holds>[0], value));
  return Object.fromEntries(those.sort(([one], [two]) => (one < two ? -1 : 1)));
}

/** A step as a person would say it. */
export function stepText([f, row, value]: Done): string {
  if (f === 'rp') return `read rows with ${JSON.stringify(row)}`;
  if (f === 'r') return `read ${row}`;
  return f === 'delete' ? `delete ${row}` : `${f === 'w' ? 'write' : f} ${row} ${value}`;
}

/** What a step returned, or that it was done. */
export function resultText([f, row, value]: Done): string {
  return f === 'r' || f === 'rp' ? JSON.stringify(value) : `${f} ${row}`;
}
