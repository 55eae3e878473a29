import type { Anomaly, Verdict } from './checker.ts';
import type { Assumptions, Datatype } from './datatypes/datatype.ts';
import type { AnyModel } from './datatypes/from-model.ts';

/**
 * What the caller knows of the history. Without a type it is detected,
 * without a model the strongest that holds is searched for.
 */
export interface JudgeOptions extends Assumptions {
  /** The name of a datatype, its record, or a model: then it is judged for `linearizable` and `sequential`. */
  readonly type?: string | Datatype | AnyModel;
  readonly model?: string;
}

/** What `splitbrain check --json` says of a history, but for the file's name and the time it took. */
export interface Judgement {
  readonly type: string;
  /** The model that `valid` is about: the one asked for, or the type's own. */
  readonly model: string;
  readonly valid: boolean | 'unknown';
  /** Why not, or why nothing can be said: one line for a person. */
  readonly reason?: string;
  /** What is known of each model, whether checked or implied. */
  readonly models: Readonly<Record<string, boolean | 'unknown'>>;
  /** The models that hold and are implied by no other that holds. */
  readonly strongest: readonly string[];
  /** The anomalies of the model, and of each next stronger one than those that hold. */
  readonly anomalies: readonly Anomaly[];
  readonly certificate?: unknown;
  /** How many operations there are. */
  readonly count: number;
  /**
   * What a person should know of how it was judged, such as observations
   * that a model does not use. Absent where there is nothing.
   */
  readonly notes?: readonly string[];
}

/** A verdict as it stands in a judgement. */
export function validOf(verdict: Verdict): boolean | 'unknown' {
  return verdict.type === 'unknown' ? 'unknown' : verdict.type === 'valid';
}
