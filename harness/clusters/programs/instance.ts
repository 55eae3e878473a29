import type { NodeId } from '../../../systems/node.ts';
import type { Cause } from '../../node/cause.ts';
import type { LocalClock } from '../../node/local-clock.ts';

/** One running copy of a program: an operating system's process, whose lines the harness reads and writes. */
export interface Instance {
  /** The leader of its process group. */
  readonly pid: number;
  /** Hands it a line, without its end, that this cause brought about. */
  tell(line: string, cause: Cause): void;
  /** Whether the operating system shows that it is stopped. */
  pause(): Promise<boolean>;
  resume(): boolean;
  /** Kills it and whatever it started, and waits until it is gone. */
  kill(): Promise<void>;
  /** The last lines that it wrote to stderr, for a message. */
  logTail(): string;
}

/** What an instance is made of, and whom it tells. */
export interface Birth {
  readonly id: NodeId;
  /** How many lives the node had before. */
  readonly life: number;
  /** An absolute path, and the words after it. */
  readonly command: string;
  readonly args: readonly string[];
  /** Where it works. */
  readonly folder: string;
  /** Where its stderr goes. */
  readonly logFile: string;
  /** The node's clocks. */
  readonly clock: Pick<LocalClock, 'now' | 'elapsed' | 'after'>;
  /** The program wrote a line; the cause, where it is known what brought it about. */
  heard(line: string, cause?: Cause): void;
  /** Bytes that are no text, in the place of a line; as much of them as can be shown. */
  garbled(shown: string): void;
  /** It ended, unasked; the words say how: `exit code 3`. */
  ended(how: string): void;
  /** It cannot go on like this; the end of a sentence that begins with its name. */
  broke(reason: string): void;
}
