/** A chapter of systems/ as the tour shows it: what chapters.mjs makes of its text. */
import type { Counterexample } from '../../harness/explore/counterexample-text.ts';

export interface Chapter {
  /** The number of its slide. */
  readonly slide: number;
  readonly title: string;
  /** The folder of its designs, below systems/. */
  readonly folder: string;
  /** What the slide says; what is wrong with that; what a sound version does; and what that costs. */
  readonly says: readonly Block[];
  readonly shows: readonly Block[];
  readonly sound: readonly Block[];
  readonly costs: readonly Block[];
}

export type Block = Prose | Example | Costs;

interface Prose {
  readonly kind: 'text';
  readonly parts: readonly Part[];
}

/** A piece of a sentence. */
export interface Part {
  readonly mark?: 'code' | 'strong' | 'em';
  readonly text: string;
}

/** The smallest run that breaks a design. */
export interface Example extends Pick<Counterexample, 'anomaly' | 'setting' | 'trace'> {
  readonly kind: 'example';
  readonly system: string;
  /** Where it lies in the repository. */
  readonly file: string;
}

/** What designs cost, as measured: a row each, whose first cell is the name. */
export interface Costs {
  readonly kind: 'costs';
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
