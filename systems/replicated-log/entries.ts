/**
 * A server's log, and the snapshot before it: all that it has been
 * told to apply, in order. Both are on disk before they count.
 */
import type { Disk, NodeId } from '../node.ts';
import type { Request } from './sessions.ts';

export type Payload =
  /** What a new leader writes first: once this is committed, so is all before it. */
  | { readonly type: 'begin' }
  | { readonly type: 'members'; readonly members: readonly NodeId[] }
  | { readonly type: 'command'; readonly request: Request };

export interface Entry {
  readonly term: number;
  readonly payload: Payload;
}

/** What the entries up to `index` came to. */
export interface Snapshot {
  readonly index: number;
  readonly term: number;
  readonly members: readonly NodeId[];
  readonly state: unknown;
}

/** Which entries on disk are the log's: those after the one and up to the other, but for what a snapshot stands for. */
interface Stored {
  readonly after: number;
  readonly last: number;
}

/** Carries out a write to the log, and resolves once a crash would not undo it. */
type Persist = (write: () => Promise<void>) => Promise<void>;

/** The write itself is waited for. */
export const persistLog: Persist = (write) => write();

/** Indices begin at 1. Call one change after the other. */
export class Entries {
  snapshot: Snapshot;
  /** The members by the newest entry that names them, committed or not (thesis, section 4.1). */
  members: readonly NodeId[];
  /** The index of that entry; 0 where the snapshot names them. */
  membersIndex = 0;
  private readonly entries: Entry[] = [];
  private after = 0;
  private readonly disk: Disk;
  private readonly persist: Persist;

  private constructor(disk: Disk, snapshot: Snapshot, persist: Persist) {
    this.disk = disk;
    this.snapshot = snapshot;
    this.members = snapshot.members;
    this.persist = persist;
  }

  /** Reads what the node's earlier lives left; before the first there are these members and nothing else. */
  static async open(disk: Disk, members: readonly NodeId[], persist = persistLog): Promise<Entries> {
    const first: Snapshot = { index: 0, term: 0, members, state: null };
    const log = new Entries(disk, (await disk.read<Snapshot>('raft/snapshot')) ?? first, persist);
    const { index, term } = log.snapshot;
    const { after, last } = (await disk.read<Stored>('raft/log')) ?? { after: 0, last: 0 };
    // A crash may have come between a snapshot and the cutting of
    // the log, which then continues from the snapshot or is another's.
    const fits = after === index || (await disk.read<Entry>(`raft/log/${index}`))?.term === term;
    log.after = fits ? after : index;
    for (let i = index + 1; fits && i <= last; i++)
      log.entries.push((await disk.read<Entry>(`raft/log/${i}`)) as Entry);
    log.findMembers();
    return log;
  }

  /** The entries that no snapshot stands for. */
  get all(): readonly Entry[] {
    return this.entries;
  }

  get last(): number {
    return this.snapshot.index + this.entries.length;
  }

  get lastTerm(): number {
    return this.termAt(this.last) as number;
  }

  /** Undefined where this server has no such entry, or no longer. */
  termAt(index: number): number | undefined {
    return index === this.snapshot.index ? this.snapshot.term : this.at(index)?.term;
  }

  at(index: number): Entry | undefined {
    return this.entries[index - this.snapshot.index - 1];
  }

  /** Up to `limit` entries from this one on. */
  from(index: number, limit: number): readonly Entry[] {
    const begin = index - this.snapshot.index - 1;
    return this.entries.slice(begin, begin + limit);
  }

  /** Resolves once a crash would not undo it. */
  async append(entries: readonly Entry[]): Promise<void> {
    const { disk, last } = this;
    await this.persist(async () => {
      for (const [i, entry] of entries.entries()) await disk.write(`raft/log/${last + 1 + i}`, entry);
      // The length goes last: it says which entries are whole.
      await this.store(last + entries.length);
    });
    this.entries.push(...entries);
    this.findMembers();
  }

  /** Forgets the entries after this one. */
  async truncate(last: number): Promise<void> {
    await this.persist(() => this.store(last));
    this.entries.length = last - this.snapshot.index;
    this.findMembers();
  }

  /** Puts a snapshot in the place of the entries up to its index; what follows stays where `keepsTail`. */
  async replaceBy(snapshot: Snapshot, keepsTail: boolean): Promise<void> {
    const tail = keepsTail ? this.from(snapshot.index + 1, this.entries.length) : [];
    // First the snapshot, then the log: whatever lies between them at a crash, `open` tells from each other.
    await this.disk.write('raft/snapshot', snapshot);
    if (!keepsTail) {
      this.after = snapshot.index;
      await this.store(snapshot.index);
    }
    this.snapshot = snapshot;
    this.entries.splice(0, this.entries.length, ...tail);
    this.findMembers();
  }

  /** Who was a member once the entries up to this one counted. */
  membersAt(index: number): readonly NodeId[] {
    for (let i = index; i > this.snapshot.index; i--) {
      const payload = this.at(i)?.payload;
      if (payload?.type === 'members') return payload.members;
    }
    return this.snapshot.members;
  }

  private store(last: number): Promise<void> {
    const stored: Stored = { after: this.after, last };
    return this.disk.write('raft/log', stored);
  }

  private findMembers(): void {
    this.members = this.snapshot.members;
    this.membersIndex = 0;
    for (const [i, { payload }] of this.entries.entries()) {
      if (payload.type !== 'members') continue;
      this.members = payload.members;
      this.membersIndex = this.snapshot.index + 1 + i;
    }
  }
}
