/** A server of the primary-backup protocol: what it knows, and the steps that it takes. */
import type { Value } from 'elle-ts';
import type { AtMostOnce } from '../blocks/at-most-once.ts';
import type { DurableMap } from '../blocks/durable-map.ts';
import type { FailureDetector } from '../blocks/failure-detector.ts';
import type { Exclusive } from '../blocks/lock.ts';
import type { Node, NodeId } from '../node.ts';

/** A viewstamp: writes are ordered by view, and within one by its primary. */
export type Stamp = readonly [view: number, operation: number];
export interface Entry {
  readonly stamp: Stamp;
  readonly value: Value;
}
export type Entries = Readonly<Record<string, Entry>>;

export function isNewer(a: Stamp, b: Stamp): boolean {
  return a[0] === b[0] ? a[1] > b[1] : a[0] > b[0];
}

/** A write, or a compare-and-set where `old` is given. */
export interface Update {
  readonly key: string;
  readonly value: Value;
  readonly old?: Value;
}

/** An entry on its way from the primary of a view to a member. */
export interface Copy {
  readonly view: number;
  readonly key: string;
  readonly entry: Entry;
}

/** What a primary knows of the view that it leads. */
interface Leadership {
  readonly view: number;
  readonly members: readonly NodeId[];
  /** What every member has: all that a read may see. */
  readonly applied: Record<string, Entry>;
  operations: number;
  readonly sinceMs: number;
  readonly detector: FailureDetector;
  readonly inTurn: Exclusive;
  confirming: Promise<unknown> | undefined;
}

export interface Server extends Steps {
  readonly node: Node;
  readonly once: AtMostOnce;
  readonly entries: DurableMap<Entry>;
  /** All nodes, in the order in which they lead. */
  readonly nodes: readonly NodeId[];
  /** Watches over the primary, whoever that is. */
  readonly detector: FailureDetector;
  /** Nothing is acknowledged in views older than this one. On disk before anybody hears of it. */
  promised: number;
  /** The newest view of which this node has all entries. On disk. */
  installed: number;
  /** The newest promise that this node has heard of. */
  seen: number;
  leads: Leadership | undefined;
  follows: NodeId | undefined;
  forming: boolean;
}

/** The protocol. Each of the broken twins replaces steps of it (twins.ts). */
export type Steps = Operations & ViewChanges;

export interface Operations {
  openEntries(node: Node): Promise<DurableMap<Entry>>;
  read(this: Server, key: string): Promise<Value>;
  update(this: Server, update: Update): Promise<void>;
  /** At the primary. */
  readHere(this: Server, key: string): Promise<Value>;
  updateHere(this: Server, update: Update): Promise<void>;
  /** Resolves once a majority has said, after this was asked, that it has promised nothing newer. */
  confirmed(this: Server, leads: Leadership): Promise<void>;
  /** At every node: says that it has promised nothing newer than this view, or refuses. */
  confirm(this: Server, view: number): true;
  /** Resolves once so many copies are on disk that a write counts. */
  acknowledged(copies: readonly Promise<void>[]): Promise<unknown>;
  /** Resolves once this member has the entry on disk; asks until it does, or until this is not the primary any more. */
  copy(this: Server, leads: Leadership, member: NodeId, key: string, entry: Entry): Promise<void>;
  /** At a member: takes an entry of the view that it follows. */
  store(this: Server, copy: Copy): Promise<true>;
  isCurrent(this: Server, view: number): boolean;
  keep(this: Server, key: string, entry: Entry): Promise<void>;
}

export interface ViewChanges {
  remember(this: Server): Promise<void>;
  /** Sends heartbeats while it leads, and forms a view where somebody is silent. */
  watch(this: Server): Promise<void>;
  beat(this: Server, leads: Leadership): void;
  /** How long a primary may be silent before this backup forms a view: drawn anew each time. */
  patience(this: Server): number;
  missesPrimary(this: Server, patienceMs: number): boolean;
  /** A member has fallen silent, or a node outside the view answers again. */
  mustReform(this: Server, leads: Leadership): boolean;
  form(this: Server): Promise<void>;
  /** Forms a view of those that answer and leads it; resolves with false where that fails. */
  tryToForm(this: Server): Promise<boolean>;
  isMajority(this: Server, nodes: number): boolean;
  /** At every node: promises to acknowledge nothing in older views, and returns what it has. */
  prepare(this: Server, view: number): Promise<Entries>;
  promise(this: Server, view: number): Promise<void>;
  /** At a member: stores what the view begins with. */
  install(this: Server, view: number, entries: Entries): Promise<true>;
  lead(this: Server, view: number, members: readonly NodeId[], entries: Entries): void;
  stepDown(this: Server): void;
  merge(this: Server, a: Entries, b: Entries): Entries;
  /** Which of two entries of a key a new view takes over. */
  wins(a: Stamp, b: Stamp): boolean;
}
