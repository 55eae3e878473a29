import { digestOf } from '../blocks/digest.ts';
import { exclusive } from '../blocks/lock.ts';
import { type Log, log } from '../blocks/log.ts';
import { type Node, Refused } from '../node.ts';

/** A message in a partition. `id` names it, however often its producer sends it. */
export interface Message {
  readonly epoch: number;
  readonly id: string;
  readonly value: unknown;
}

/** What a leader tells a follower: its log from here on, which follows an entry of epoch `before`. */
export interface Replicate {
  readonly key: string;
  readonly epoch: number;
  readonly from: number;
  readonly before: number;
  readonly messages: readonly Message[];
  readonly committed: number;
}

/** How much of the leader's log a follower has for certain, or from where it should be told again. */
export type Replicated = { readonly has: number } | { readonly from: number };

const NOTHING = -1;

/** One node's copy of a partition. What it has acknowledged is on its disk. */
export class Partition {
  readonly key: string;
  private readonly log: Log<Message>;
  private readonly inTurn = exclusive();
  /** Where each message lies: the producers' table, read off the log. */
  private readonly places = new Map<string, number>();
  /** A digest of each prefix. */
  readonly digests: number[] = [];
  /** The newest epoch that this copy has heard of. */
  epoch: number;
  /** How many messages are known to be at every in-sync replica, and so never go away. */
  committed = 0;

  private constructor(key: string, messages: Log<Message>) {
    this.key = key;
    this.log = messages;
    for (const message of messages.slice(0, messages.length)) this.note(message);
    this.epoch = this.epochBefore(messages.length);
  }

  static async open(node: Node, key: string): Promise<Partition> {
    return new Partition(key, await log<Message>(node.disk, `partition/${key}`));
  }

  get length(): number {
    return this.log.length;
  }

  slice(from: number, limit: number): readonly Message[] {
    return this.log.slice(from, limit);
  }

  /** The epoch of the message before this place. */
  epochBefore(place: number): number {
    return place === 0 ? NOTHING : (this.log.slice(place - 1, 1)[0]?.epoch ?? NOTHING);
  }

  /** Where the message lies; appends it where it does not yet. Throws `Refused` where `mayAppend` says no by then. */
  append(message: Message, mayAppend: () => boolean, known: (id: string) => number | undefined): Promise<number> {
    return this.inTurn('log', async () => {
      if (!mayAppend()) throw new Refused('does not lead any more');
      const place = known(message.id);
      if (place !== undefined) return place;
      const at = await this.log.append(message);
      this.note(message);
      return at;
    });
  }

  placeOf(id: string): number | undefined {
    return this.places.get(id);
  }

  /** Takes over what the leader has; what this copy has instead was never acknowledged to anybody. */
  follow({ epoch, from, before, messages, committed }: Replicate): Promise<Replicated> {
    return this.inTurn('log', async () => {
      if (epoch < this.epoch) throw new Refused(`follows epoch ${this.epoch}`);
      this.epoch = epoch;
      if (from > this.length) return { from: this.length };
      if (this.epochBefore(from) !== before) return { from: Math.max(0, from - 1) };
      for (const [i, message] of messages.entries()) {
        if (this.log.slice(from + i, 1)[0]?.id === message.id && this.epochBefore(from + i + 1) === message.epoch)
          continue;
        await this.cut(from + i);
        await this.log.append(message);
        this.note(message);
      }
      const has = from + messages.length;
      this.committed = Math.max(this.committed, Math.min(committed, has));
      return { has };
    });
  }

  private async cut(length: number): Promise<void> {
    if (length >= this.length) return;
    for (const { id } of this.log.slice(length, this.length)) this.places.delete(id);
    this.digests.length = length;
    await this.log.truncate(length);
  }

  private note({ epoch, id }: Message): void {
    this.places.set(id, this.digests.length);
    this.digests.push(digestOf(this.digests[this.digests.length - 1] ?? 0, `${epoch} ${id}`));
  }
}
