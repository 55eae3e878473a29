/** What a database must offer to be measured: levels, sessions, and rows that nobody else has. */
import type { Done, Kind, Step } from '../steps.ts';

/** The database refused, or was asked to give up: the transaction has no effect. Any other error leaves that open. */
export class Aborted extends Error {
  override readonly name = 'Aborted';
}

/** An isolation level as the vendor calls it. */
export interface Level {
  readonly name: string;
  /** What the vendor says that it is, for the page: with the source. */
  readonly says: string;
  /** Whether it is what one gets without asking. */
  readonly isDefault?: boolean;
  /** Statements that begin a transaction of it, or how it is made. */
  readonly begin: string;
  /** Where its transactions are sent whole, with the last step, so that no step of another comes in between. */
  readonly isOneRequest?: boolean;
  /** Kinds of steps that it cannot do, with why. */
  readonly without?: Readonly<Partial<Record<Kind | 'abort' | 'move', string>>>;
}

/** Tells each statement and what came back. */
export type Log = (text: string, told: Promise<string>) => void;

/** One session: one transaction after another. */
export interface StoreSession {
  begin(level: Level): Promise<void>;
  /** What the transaction has done so far, as elle-ts has it; what was noted for later is there without its result. */
  readonly done: readonly Done[];
  /**
   * Does a step in the group of rows with this number. Resolves when it has been done, or noted for the end.
   * Rejects with `Aborted` where the database refused it.
   */
  step(kind: Kind, group: number, step: Step): Promise<void>;
  /** Rejects with `Aborted` where certainly nothing was committed. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
  close(): void;
}

/** A database that is measured. Everything it makes is below one name. */
export interface Store {
  /** `PostgreSQL 18.4 on x86_64`: as it says itself, with what matters of its settings. */
  readonly version: string;
  readonly levels: readonly Level[];
  /** What the reader must know: a pooler in between, a setting that changes what levels mean. */
  readonly notes: readonly string[];
  /** How many rounds may be made at the same time, where that is not as many as there are sessions for. */
  readonly lanes?: number;
  /** Makes groups of rows from one number up to another, each with the rows of a round of this kind. */
  prepare(kind: Kind, from: number, to: number): Promise<void>;
  /** The first rows of a group of predicate registers. */
  fill(group: number, rows: Readonly<Record<string, number>>): Promise<void>;
  open(log: Log): Promise<StoreSession>;
  /** Which of these sessions wait for a lock; absent where the database does not tell. */
  readonly waiting?: () => Promise<number>;
  /** Removes everything that it made, and closes. */
  close(): Promise<void>;
}

/** How a store is found and made. */
export interface StoreKind {
  readonly name: string;
  /** Protocols of URLs that it takes, with the colon. */
  readonly protocols: readonly string[];
  open(url: URL): Promise<Store>;
  /** Removes what runs that were killed have left; resolves to its names. */
  clean(url: URL): Promise<readonly string[]>;
}
