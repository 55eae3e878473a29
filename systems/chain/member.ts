/**
 * A node's place in the chain: what it takes from its predecessor,
 * hands on to its successor, and hears to be acknowledged.
 */
import type { Value } from 'elle-ts';
import type { Exclusive } from '../blocks/lock.ts';
import type { Log } from '../blocks/log.ts';
import { InDoubt, type Node, type NodeId, Refused } from '../node.ts';
import type { Configuration, Master } from './master.ts';
import type { Entry, Forward, Stored, Update } from './messages.ts';

interface Waiting {
  readonly resolve: (done: null) => void;
  readonly reject: (error: Error) => void;
}

const BEAT_MS = 100;
const BATCH = 50;

export interface Member extends Steps {
  readonly node: Node;
  readonly log: Log<Entry>;
  readonly inTurn: Exclusive;
  readonly waiting: Map<number, Waiting>;
  master: Master | undefined;
  /** Nothing of an older epoch is listened to. On disk before anything is done in it. */
  epoch: number;
  now: Configuration | undefined;
  /** Whether the node's log has been made the one of its predecessor in this epoch. */
  synced: boolean;
  /** How many entries are known to be acknowledged. */
  stable: number;
  /** What the successor is sent next, and what it is known to have. */
  next: number;
  theirs: number | undefined;
  forwarded: number;
  /**
   * The last `Forward` that was sent because an answer showed that the successor lacks something. Replies to earlier
   * ones are passed over: with one `Forward` for each, a link that doubles messages would make them more and more.
   */
  resent: number;
  changes: number;
}

export type Steps = typeof steps;

/** The protocol of a chain whose tail answers reads. */
export const steps = {
  head(this: Member): NodeId {
    return this.at(0);
  },

  tail(this: Member): NodeId {
    return this.at(-1);
  },

  isHead(this: Member): boolean {
    return this.now?.chain[0] === this.node.id;
  },

  isTail(this: Member): boolean {
    return this.now?.chain.at(-1) === this.node.id;
  },

  answersReads(this: Member): boolean {
    return this.isTail();
  },

  /**
   * Takes an update as the head, and resolves once the tail has it. A swap that finds
   * another value goes down the chain as an entry that writes what is there: what the head
   * found was only acknowledged, and the head only still the head, once the tail has that.
   */
  async update(this: Member, { key, value, old }: Update): Promise<null> {
    const { acknowledged, mismatch } = await this.inTurn('chain', async () => {
      if (!this.isHead()) throw new Refused('not the head');
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
  },

  async readHere(this: Member, key: string): Promise<Value> {
    if (!this.answersReads()) throw new Refused('not the tail');
    if (!this.isUpToDate()) throw new Refused('not up to date yet');
    const { epoch } = this;
    const value = await this.read(key);
    await this.confirm(epoch);
    return value;
  },

  async read(this: Member, key: string): Promise<Value> {
    return this.latest(key, this.log.length).value;
  },

  /** A new tail neither acknowledges nor answers anything before it has what its predecessor has. */
  isUpToDate(this: Member): boolean {
    return this.synced;
  },

  /** Refuses where another epoch has begun: this node may be out of the chain, and not know it. */
  async confirm(this: Member, epoch: number): Promise<void> {
    const newest = await this.master?.newest();
    if (newest?.epoch !== epoch) throw new Refused('the chain has changed');
  },

  /** How many entries the tail has. */
  version(this: Member, epoch: number): number {
    if (!this.isTail() || !this.synced || epoch !== this.epoch) throw new Refused('not the tail');
    return this.log.length;
  },

  latest(this: Member, key: string, length: number): { readonly index: number; readonly value: Value } {
    for (let index = length - 1; index >= 0; index--) {
      const entry = this.log.at(index);
      if (entry?.key === key) return { index, value: entry.value };
    }
    return { index: -1, value: null };
  },

  at(this: Member, place: number): NodeId {
    const node = this.now?.chain.at(place);
    if (node === undefined) throw new Refused('no chain is known');
    return node;
  },

  neighbour(this: Member, by: 1 | -1): NodeId | undefined {
    const chain = this.now?.chain ?? [];
    const place = chain.indexOf(this.node.id);
    return place < 0 ? undefined : chain[place + by];
  },

  async enter(this: Member, known: Configuration): Promise<void> {
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
    if (!this.isHead()) this.giveUp();
    this.changed();
    this.forward();
    this.node.mark(place < 0 ? 'is out of the chain' : `is ${place + 1} of ${known.chain.length} in the chain`);
  },

  /** What waits for a head to hear of may yet come to pass, or not. */
  giveUp(this: Member): void {
    for (const { reject } of this.waiting.values()) reject(new InDoubt('the chain has changed'));
    this.waiting.clear();
  },

  async beat(this: Member): Promise<void> {
    for (;;) {
      await this.node.sleep(BEAT_MS);
      if (this.theirs === undefined || this.stable < this.log.length || this.bringsUp()) {
        this.goBack();
        this.forward();
      }
      const { now, synced } = this;
      if (now && synced && this.isTail() && now.complete < now.chain.length)
        await this.master?.propose({ ...now, complete: now.chain.length }).catch(() => undefined);
    }
  },

  /** The successor is sent what it lacks. */
  goBack(this: Member): void {
    if (this.theirs !== undefined) this.next = this.theirs;
  },

  /** Messages of other epochs, and of nodes that are no neighbours in this one, are passed over. */
  listensTo(this: Member, epoch: number, from: NodeId, by: 1 | -1): boolean {
    return epoch === this.epoch && from === this.neighbour(by);
  },

  /**
   * Whether the successor is not known to have everything: until
   * it is, it may start again and not be up to date any more.
   */
  bringsUp(this: Member): boolean {
    const { now } = this;
    return now !== undefined && now.complete < now.chain.length && this.neighbour(1) === now.chain.at(-1);
  },

  forward(this: Member): void {
    const successor = this.neighbour(1);
    if (successor === undefined) return;
    const { log, epoch } = this;
    const from = Math.min(this.next, log.length);
    const entries = log.slice(from, BATCH);
    const number = ++this.forwarded;
    const message: Forward = { epoch, number, from, before: this.epochOf(from - 1), entries, length: log.length };
    this.next = from + entries.length;
    this.node.send(successor, 'forward', message);
  },

  async onForward(this: Member, message: Forward, from: NodeId): Promise<void> {
    if (!this.listensTo(message.epoch, from, -1)) return;
    const has = await this.agree(message);
    this.changed();
    const stored: Stored = { epoch: message.epoch, has, number: message.number, stable: this.stable };
    this.node.send(from, 'stored', stored);
    if (this.next < this.log.length) this.forward();
  },

  /**
   * Makes the log like the predecessor's as far as the message goes,
   * and returns up to where the two are known to be alike, or may be.
   */
  async agree(this: Member, { from, before, entries, length }: Forward): Promise<number> {
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
  },

  onStored(this: Member, { epoch, has, number = 0, stable }: Stored, from: NodeId): Promise<void> {
    if (!this.listensTo(epoch, from, 1)) return Promise.resolve();
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
  },

  /** The tail's own log is what is acknowledged. */
  changed(this: Member): void {
    this.changes++;
    if (this.isTail() && this.isUpToDate()) this.settle(this.log.length);
  },

  settle(this: Member, stable: number): void {
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
  },

  epochOf(this: Member, index: number): number {
    return this.log.at(index)?.epoch ?? 0;
  },
};
