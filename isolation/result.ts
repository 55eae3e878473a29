/** What is known of a database after it was measured: the table, with what shows each anomaly. */
import type { Anomaly } from 'elle-ts';
import type { Column } from './columns.ts';
import type { Kind, Recorded } from './steps.ts';

/**
 * How an anomaly was prevented in a script. `snapshot`: nobody waited and nothing was refused; which versions were read
 * prevented it. `whole`: the same where transactions are sent whole, so that no step of another comes in between.
 */
export type Means = 'abort' | 'wait' | 'snapshot' | 'whole';

/** What came of one script, made several times. */
export interface ScriptResult {
  readonly column: Column;
  readonly name: string;
  readonly kind: Kind;
  readonly result: 'seen' | Means;
  /** The words with which the database refused a transaction. */
  readonly refused?: string;
}

/** What proves that an anomaly is there: the transactions alone, as they went, and elle-ts' argument. */
export interface Witness {
  /** The script, or the shape of the search. */
  readonly from: string;
  readonly by: 'script' | 'search';
  readonly anomaly: Anomaly;
  readonly recorded: Recorded;
}

/**
 * One cell of the table. `prevented`: every script was, by these means, and the search found nothing in so many
 * transactions. `not seen`: no script could be made. `not judged`: nothing of the kind can be asked of the level.
 */
export interface Cell {
  readonly column: Column;
  readonly state: 'seen' | 'prevented' | 'not seen' | 'not judged';
  readonly by?: readonly Means[];
  readonly transactions: number;
  readonly witness?: Witness;
  readonly why?: string;
}

/** All that is known of one level. */
export interface LevelResult {
  readonly name: string;
  readonly says: string;
  readonly isDefault: boolean;
  /** The strongest models that no round refutes: one, where one of them implies all others. */
  readonly strongest: readonly string[];
  /** All models that no round refutes. */
  readonly held: readonly string[];
  readonly refuted: readonly string[];
  /** Models of which some round was not decided. */
  readonly undecided: readonly string[];
  readonly cells: readonly Cell[];
  readonly scripts: readonly ScriptResult[];
  readonly rounds: number;
  readonly committed: number;
  readonly refusedByDatabase: number;
  readonly seconds: number;
}

/** A measurement, as `--json` writes and `--expect` reads it. No address and no name of a user is in it. */
export interface Measurement {
  readonly isolation: 1;
  readonly database: string;
  readonly notes: readonly string[];
  readonly seed: number;
  readonly levels: readonly LevelResult[];
}
