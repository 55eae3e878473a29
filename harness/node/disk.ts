/**
 * What a disk does, in both clusters: a write is durable once its promise resolves, what is not yet
 * durable dies with the node, and disk faults mean the same on a map in memory and on a file.
 */
import type { Disk } from '../../systems/node.ts';
import type { DiskFault } from '../faults/disk.ts';
import { currentCause } from './cause.ts';
import { chance, mixText } from './identity.ts';
import { overTheWire } from './wire.ts';

/** What outlives a life: entries by key. Each cluster has its own. */
export interface Medium {
  get(key: string): Entry | undefined;
  /** Hands an entry over; the callback comes once it would survive a crash. */
  put(key: string, entry: Entry, durable: () => void): void;
}

/** `lost` is what a lying disk forgets at the next crash: it holds what was there before. */
export interface Entry {
  readonly value?: unknown;
  readonly unreadable?: 'torn' | 'corrupt';
  readonly forgets?: Entry | 'nothing';
}

const CHOICE = mixText('disk');
const SLOW_MS = 200;
/** How long an entry stays half written under a tear: long enough for a crash to meet it. */
const TEAR_MS = 20;

/** The disk that one life of a node sees. */
export class FaultyDisk implements Disk {
  private readonly medium: Medium;
  private readonly seed: number;
  private readonly active: ReadonlyMap<number, DiskFault>;
  /** Told of every operation that a fault hit. */
  private readonly onHit: (fault: number) => void;
  private readonly after: (ms: number, task: () => void) => void;
  /** Entries that are half written now, as a node that lives still reads them. */
  private readonly tearing = new Map<string, Entry>();
  private readonly queue: (() => void)[] = [];

  constructor(
    medium: Medium,
    seed: number,
    active: ReadonlyMap<number, DiskFault>,
    onHit: (fault: number) => void,
    after: (ms: number, task: () => void) => void,
  ) {
    this.onHit = onHit;
    this.medium = medium;
    this.seed = seed;
    this.active = active;
    this.after = after;
  }

  read<T>(key: string): Promise<T | undefined> {
    const entry = this.tearing.get(key) ?? this.medium.get(key);
    if (entry?.unreadable) return Promise.reject(new Error(`${key} is unreadable on disk: ${entry.unreadable}`));
    return Promise.resolve(overTheWire(entry?.value) as T | undefined);
  }

  write(key: string, value: unknown): Promise<void> {
    const copy = overTheWire(value);
    const hit = this.hit();
    if (hit?.how === 'full') return Promise.reject(new Error(`no space left to write ${key}`));
    if (hit?.how === 'io-error') return Promise.reject(new Error(`input/output error when ${key} was written`));
    return new Promise((resolve) => {
      const settled = () => {
        this.next();
        resolve();
      };
      const put = () => {
        this.tearing.delete(key);
        this.medium.put(key, this.entry(key, copy, hit?.how), settled);
      };
      this.inTurn(() => {
        if (hit?.how === 'slow') this.after(SLOW_MS, put);
        else if (hit?.how === 'tear') this.tear(key, put);
        else put();
      });
    });
  }

  /** Writes reach the medium one after the other: a slow one holds up those behind it, and never overtakes. */
  private inTurn(write: () => void): void {
    this.queue.push(write);
    if (this.queue.length === 1) write();
  }

  private next(): void {
    this.queue.shift();
    this.queue[0]?.();
  }

  /** Leaves the entry unreadable for a while, as a crash in that while would find it. */
  private tear(key: string, put: () => void): void {
    this.tearing.set(key, this.medium.get(key) ?? {});
    this.medium.put(key, { unreadable: 'torn' }, () => this.after(TEAR_MS, put));
  }

  private entry(key: string, value: unknown, how: DiskFault['how'] | undefined): Entry {
    if (how === 'corrupt') return { unreadable: 'corrupt' };
    if (how === 'lose') {
      const before = this.medium.get(key);
      // What a crash would leave of it: several lies in a row come to one, and not to a chain as long as the run.
      return { value, forgets: (before && afterCrash(before)) ?? 'nothing' };
    }
    return { value };
  }

  /** The fault, if any, that meets this operation. */
  private hit(): DiskFault | undefined {
    for (const fault of this.active.values()) {
      if (chance(this.seed, currentCause().next(CHOICE), `disk ${fault.id}`) >= fault.chance) continue;
      this.onHit(fault.id);
      return fault;
    }
    return undefined;
  }
}

/** What is on the disk once a crash has come over it, for an entry that was durable. */
export function afterCrash(entry: Entry): Entry | undefined {
  if (entry.forgets === undefined) return entry;
  return entry.forgets === 'nothing' ? undefined : afterCrash(entry.forgets);
}
