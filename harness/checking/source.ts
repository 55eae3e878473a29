import type { InputFile } from './input-file.ts';

/** A history to be read: one file, or one for each session. */
export interface Source {
  /** Its name for people. */
  readonly path: string;
  readonly files: readonly InputFile[];
  /** The setting of the run that it is of, as JSON. */
  readonly setting?: InputFile;
  /** The run's own verdict, as JSON. */
  readonly verdict?: InputFile;
}

/** A history, or a file of which nobody can say what it is. */
export type Judgeable = { readonly source: Source } | { readonly path: string; readonly error: unknown };

/** What an argument of `check` names, or was dropped on the page: histories, and files that are none. */
export type Found = Judgeable | { readonly skipped: string };
