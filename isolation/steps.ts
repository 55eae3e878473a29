/** The words of this folder: what transactions do step by step, and what is recorded of it. */
import type { Predicate } from 'elle-ts';

/** Which of elle-ts' types a transaction's steps belong to. */
export type Kind = 'list-append' | 'rw-register' | 'predicate-registers';

/** One step inside of a transaction. A `w` whose value is absent gets one that nothing else has. */
export type Step =
  | readonly ['r', row: string]
  | readonly ['w' | 'append' | 'insert', row: string, value: number]
  | readonly ['delete', row: string]
  | readonly ['rp', predicate: Predicate]
  /**
   * Moves so much between two rows that were read before, so that what is written depends on what was read. A value is
   * a balance in thousands and, so that no two are the same, this number.
   */
  | readonly ['move', from: string, to: string, amount: number, id: number];

/** The balance in a value that `move` wrote; the first one is 0. */
export function balanceOf(value: unknown): number {
  return Math.floor(Number(value ?? 0) / THOUSAND);
}

/** A value with this balance that is unlike any other. */
export function balanceValue(balance: number, id: number): number {
  return balance * THOUSAND + id;
}

const THOUSAND = 1000;

/** A step as it was done, as elle-ts has it: `['r', 'x', [1, 2]]`. */
export type Done = readonly [f: string, key: unknown, value: unknown];

/** A transaction before it is made: by which session of its round, and whether it is rolled back in the end. */
export interface Draft {
  readonly session: number;
  readonly steps: readonly Step[];
  readonly aborts: boolean;
}

/**
 * Several transactions in the order in which their steps are asked for: each entry is the place of a transaction in
 * `drafts`, once for each of its steps and once more for its end. A transaction begins with its first step.
 */
export interface Round {
  readonly kind: Kind;
  /** What it is called: a script's name, or a shape of the search. */
  readonly name: string;
  readonly rows: readonly string[];
  /** What the rows hold at first, where that is something; rows that are not named here do not exist at first. */
  readonly initial?: Readonly<Record<string, number>>;
  readonly drafts: readonly Draft[];
  readonly order: readonly number[];
  /** Whether the order is kept: else every session does its own steps as fast as it can. */
  readonly isScheduled: boolean;
}

/** One statement as it was sent, with when. `at` and `until` are places in one order of all sends and responses. */
export interface Sent {
  readonly txn: number;
  readonly text: string;
  readonly at: number;
  readonly until: number;
  /** What came back in a few words: `1`, `no row`, `could not serialize access`. */
  readonly told: string;
  /** Whether it had to wait for another transaction. */
  readonly waited: boolean;
}

/** What became of a transaction. `info`: nobody knows whether it was committed. */
export interface Outcome {
  readonly type: 'ok' | 'fail' | 'info';
  readonly session: number;
  readonly begin: number;
  readonly end: number;
  readonly asked: readonly Done[];
  readonly done: readonly Done[];
  /** Whether the database refused it, with its words. */
  readonly refused?: string;
}

/** A round as it went. */
export interface Recorded {
  readonly round: Round;
  readonly outcomes: readonly Outcome[];
  readonly sent: readonly Sent[];
}
