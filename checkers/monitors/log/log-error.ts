import type { Message } from './operations.ts';

/** The classes of errors. `int-` is within one operation, without it between operations of one process. */
export type LogErrorClass =
  | 'duplicate'
  | 'inconsistent-offsets'
  | 'G1a'
  | 'never-sent'
  | 'precommitted-read'
  | 'lost-write'
  | 'unseen'
  | 'poll-skip'
  | 'nonmonotonic-poll'
  | 'nonmonotonic-send'
  | 'int-poll-skip'
  | 'int-nonmonotonic-poll'
  | 'int-send-skip'
  | 'int-nonmonotonic-send';

/** One error: the key, the values in question (of skips, those before and after), and the operations by row. */
export interface LogError {
  readonly class: LogErrorClass;
  readonly key: string;
  readonly values: readonly unknown[];
  readonly rows: readonly number[];
  /** The messages whose places the error is about. */
  readonly messages: readonly Message[];
  /** How far the second value lies behind the first, in messages; what lies between, where something was skipped. */
  readonly delta?: number;
  readonly skipped?: readonly unknown[];
  /** The offsets of a duplicate, or the one that has several values. */
  readonly offsets?: readonly number[];
}
