/** A node's place in the chain: what it takes from its predecessor, hands on to its successor, and hears to be acknowledged. */
import type { Value } from 'elle-ts';
import { type Exclusive, exclusive } from '../blocks/lock.ts';
import type { Log } from '../blocks/log.ts';
import { InDoubt, type Node, type NodeId, Refused } from '../node.ts';
import type { Configuration, Master } from './master.ts';

/** A write, or a compare-and-set where `old` is given. */
export interface Update {
  readonly key: string;
  readonly value: Value;
  readonly old?: Value;
}

/** An update, in the epoch in which a head took it. All of them are kept: the paper's history. */
export interface Entry {
  readonly epoch: number;
  readonly key: string;
  readonly value: Value;
}

export interface Options {
  /** Who answers reads: the tail; any node, having asked the tail where it must; any node with what it knows to be acknowledged, or simply has. */
  readonly reads: 'tail' | 'clean' | 'acknowledged' | 'own';
  /** A new successor is sent what it lacks. */
  readonly resends: boolean;
  /** Messages of other epochs are passed over, and who answers a read asks whether its epoch is the newest. */
  readonly checksEpochs: boolean;
  /** A new tail acknowledges and answers nothing before it has what its predecessor has. */
  readonly syncsFirst: boolean;
}

export const SOUND: Options = { reads: 'tail', resends: true, checksEpochs: true, syncsFirst: true };

interface Forward {
  readonly epoch: number;
  /** Counts what the sender has forwarded. */
  readonly number: number;
  /** Where the entries belong, and the epoch of the one before them. */
  readonly from: number;
  readonly before: number;
  readonly entries: readonly Entry[];
  /** How many the sender has. */
  readonly length: number;
}

interface Stored {
  readonly epoch: number;
  /** How many entries of the predecessor's log the sender has, where it answers a `Forward`. */
  readonly has?: number;
  /** The number of that `Forward`. */
  readonly number?: number;
  /** How many the tail has, as far as the sender knows. */
  readonly stable: number;
}

interface Waiting {
  readonly resolve: (done: null) => void;
  readonly reject: (error: Error) => void;
}

const BEAT_MS = 100;
const BATCH = 50;

export class Member {
  private readonly node: Node;
  private readonly options: Options;
  private readonly log: Log<Entry>;
  private readonly inTurn: Exclusive = exclusive();
  private readonly waiting = new Map<number, Waiting>();
  private master: Master | undefined;
  /** Nothing of an older epoch is listened to. On disk before anything is done in it. */
  private epoch = 0;
  private now: Configuration | undefined;
  private synced = false;
  private stable = 0;
  /** What the successor is sent next, and what it is known to have. */
  private next = 0;
  private theirs: number | undefined;
  private forwarded = 0;
  /**
   * The last `Forward` that was sent because an answer showed that the successor lacks something. Answers to earlier ones are passed over:
   * with one `Forward` for each, a link that doubles messages would make them more and more.
   */
  private resent = 0;
  private changes = 0;

  constructor(node: Node, options: Options, log: Log<Entry>) {
    this.node = node;
    this.options = options;
    this.log = log;
  }

  get state() {
    const { epoch, now, synced, stable, changes, log } = this;
    return { epoch, chain: now?.chain ?? [], synced, entries: log.entries, stable, changes };
  }

  async remember(): Promise<void> {
    this.epoch = (await this.node.disk.read<number>('epoch')) ?? 0;
    // Another life counts from elsewhere.
    this.changes = Math.floor(this.node.random() * 1e12);
  }

  /** Takes note of what the master says. What it learns while it starts it acts on once it has. */
  learn(known: Configuration): void {
    void this.inTurn('chain', () => this.enter(known));
  }

  begin(master: Master): void {
    this.master = master;
    this.node.on('forward', (message: Forward, from) => this.inTurn('chain', () => this.onForward(message, from)));
    this.node.on('stored', (message: Stored, from) => this.inTurn('chain', () => this.onStored(message, from)));
    this.node.on('version', ({ epoch }: { epoch: number }) => this.version(epoch));
    void this.beat();
  }

  head(): NodeId {
    return this.at(0);
  }

  tail(): NodeId {
    return this.at(-1);
  }

  get isHead(): boolean {
    return this.now?.chain[0] === this.node.id;
  }

  get isTail(): boolean {
    return this.now?.chain.at(-1) === this.node.id;
  }

  get answersReads(): boolean {
    if (this.isTail) return true;
    return this.options.reads !== 'tail' && this.synced && this.now?.chain.includes(this.node.id) === true;
  }

  /**
   * Takes an update as the head, and resolves once the tail has it. A swap that finds another value goes down the chain as an entry that writes
   * what is there: what the head found was only acknowledged, and the head only still the head, once the tail has that.
   */
  async update({ key, value, old }: Update): Promise<null> {
    const { acknowledged, mismatch } = await this.inTurn('chain', async () => {
      if (!this.isHead) throw new Refused('not the head');
      const found = this.latest(key, this.log.length).value;
      const mismatch = old !== undefined && found !== old;
      await this.log.append({ epoch: this.epoch, key, value: mismatch ? found : value });
      const acknowledged = new Promise<null>((resolve, reject) => {
        this.waiting.set(this.log.length, { resolve, reject });
      });
      acknowledged.catch(() => undefined);
      this.changed();
      this.forward();
      return { acknowledged, mismatch };
    });
    if (!mismatch) return acknowledged;
    await acknowledged.catch(() => {
      throw new Refused('what the head found was not confirmed');
    });
    throw new Refused('mismatch', { answer: true });
  }

  async readHere(key: string): Promise<Value> {
    if (!this.answersReads) throw new Refused('not the tail');
    if (!this.synced && this.options.syncsFirst) throw new Refused('not up to date yet');
    const { epoch } = this;
    const value = await this.read(key);
    if (!this.options.checksEpochs) return value;
    const newest = await this.master?.newest();
    if (newest?.epoch !== epoch) throw new Refused('the chain has changed');
    return value;
  }

  private async read(key: string): Promise<Value> {
    const { reads } = this.options;
    const latest = this.latest(key, this.log.length);
    if (reads === 'acknowledged') return this.latest(key, this.stable).value;
    if (reads !== 'clean' || this.isTail || latest.index < this.stable) return latest.value;
    const version = await this.node.call<number>(this.tail(), 'version', { epoch: this.epoch });
    return this.latest(key, version).value;
  }

  /** How many entries the tail has. */
  private version(epoch: number): number {
    if (!this.isTail || !this.synced || epoch !== this.epoch) throw new Refused('not the tail');
    return this.log.length;
  }

  private latest(key: string, length: number): { readonly index: number; readonly value: Value } {
    for (let index = length - 1; index >= 0; index--) {
      const entry = this.log.at(index);
      if (entry?.key === key) return { index, value: entry.value };
    }
    return { index: -1, value: null };
  }

  private at(place: number): NodeId {
    const node = this.now?.chain.at(place);
    if (node === undefined) throw new Refused('no chain is known');
    return node;
  }

  private neighbour(by: 1 | -1): NodeId | undefined {
    const chain = this.now?.chain ?? [];
    const place = chain.indexOf(this.node.id);
    return place < 0 ? undefined : chain[place + by];
  }

  private async enter(known: Configuration): Promise<void> {
    if (known.epoch < this.epoch) return;
    const same = known.epoch === this.now?.epoch;
    if (known.epoch > this.epoch) await this.node.disk.write('epoch', known.epoch);
    this.epoch = known.epoch;
    this.now = known;
    const place = known.chain.indexOf(this.node.id);
    const complete = place >= 0 && place < known.complete;
    // Within an epoch nobody loses what he has; who has started again may only hear now that he has everything.
    this.synced = complete || (same && this.synced);
    if (same) return this.changed();
    this.theirs = undefined;
    this.next = this.log.length;
    if (!this.isHead) this.giveUp();
    this.changed();
    this.forward();
    this.node.mark(place < 0 ? 'is out of the chain' : `is ${place + 1} of ${known.chain.length} in the chain`);
  }

  /** What waits for a head to hear of may yet come to pass, or not. */
  private giveUp(): void {
    for (const { reject } of this.waiting.values()) reject(new InDoubt('the chain has changed'));
    this.waiting.clear();
  }

  private async beat(): Promise<void> {
    for (;;) {
      await this.node.sleep(BEAT_MS);
      if (this.theirs === undefined || this.stable < this.log.length || this.bringsUp) {
        if (this.theirs !== undefined && this.options.resends) this.next = this.theirs;
        this.forward();
      }
      const { now, synced, isTail } = this;
      if (now && synced && isTail && now.complete < now.chain.length)
        await this.master?.propose({ ...now, complete: now.chain.length }).catch(() => undefined);
    }
  }

  /** Whether the successor is not known to have everything: until it is, it may start again and not be up to date any more. */
  private get bringsUp(): boolean {
    const { now } = this;
    return now !== undefined && now.complete < now.chain.length && this.neighbour(1) === now.chain.at(-1);
  }

  private forward(): void {
    const successor = this.neighbour(1);
    if (successor === undefined) return;
    const { log, epoch } = this;
    const from = Math.min(this.next, log.length);
    const entries = log.slice(from, BATCH);
    const number = ++this.forwarded;
    const message: Forward = { epoch, number, from, before: this.epochOf(from - 1), entries, length: log.length };
    this.next = from + entries.length;
    this.node.send(successor, 'forward', message);
  }

  private async onForward(message: Forward, from: NodeId): Promise<void> {
    const { options } = this;
    const mine = message.epoch === this.epoch && from === this.neighbour(-1);
    if (!mine && options.checksEpochs) return;
    const has = options.resends ? await this.agree(message) : await this.take(message);
    this.changed();
    const stored: Stored = { epoch: message.epoch, has, number: message.number, stable: this.stable };
    this.node.send(from, 'stored', stored);
    if (this.next < this.log.length) this.forward();
  }

  /** Makes the log like the predecessor's as far as the message goes, and returns up to where the two are known to be alike, or may be. */
  private async agree({ from, before, entries, length }: Forward): Promise<number> {
    const { log } = this;
    if (from > log.length) return log.length;
    if (this.epochOf(from - 1) !== before) return from - 1;
    for (const [i, entry] of entries.entries()) {
      if (from + i < log.length && this.epochOf(from + i) !== entry.epoch) await log.truncate(from + i);
      if (from + i === log.length) await log.append(entry);
    }
    const end = from + entries.length;
    if (!this.synced && end === length) {
      // What only this node has was never acknowledged: it fell out of the chain with it.
      await log.truncate(end);
      this.synced = true;
    }
    return end;
  }

  /** How a chain forgets what was on its way: whatever comes is put at the end. */
  private async take({ entries, from }: Forward): Promise<number> {
    for (const [i, entry] of entries.entries()) if (from + i >= this.log.length) await this.log.append(entry);
    this.synced = true;
    return from + entries.length;
  }

  private onStored({ epoch, has, number = 0, stable }: Stored, from: NodeId): Promise<void> {
    const mine = epoch === this.epoch && from === this.neighbour(1);
    if (!mine && this.options.checksEpochs) return Promise.resolve();
    if (has !== undefined && number >= this.resent) {
      this.theirs = has;
      this.next = Math.max(has, 0);
      if (this.next < this.log.length) {
        this.forward();
        this.resent = this.forwarded;
      }
    }
    this.settle(Math.min(stable, this.log.length));
    return Promise.resolve();
  }

  /** The tail's own log is what is acknowledged. */
  private changed(): void {
    this.changes++;
    if (this.isTail && (this.synced || !this.options.syncsFirst)) this.settle(this.log.length);
  }

  private settle(stable: number): void {
    if (stable <= this.stable) return;
    this.stable = stable;
    for (const [length, { resolve }] of this.waiting) {
      if (length > stable) continue;
      this.waiting.delete(length);
      resolve(null);
    }
    const predecessor = this.neighbour(-1);
    const stored: Stored = { epoch: this.epoch, stable };
    if (predecessor !== undefined) this.node.send(predecessor, 'stored', stored);
  }

  private epochOf(index: number): number {
    return this.log.at(index)?.epoch ?? 0;
  }
}
