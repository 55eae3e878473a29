/** What the page and the worker that judges say to each other. */
import type { Judgement } from 'elle-ts';
import type { RunPage } from '../../report/page/data.ts';

/** A file that was dropped or chosen; its path is that in the folder that was. */
export interface Dropped {
  readonly path: string;
  readonly file: File;
}

/** What the reader says of the histories, as it was typed; what is empty was not said. */
export interface Said {
  readonly type: string;
  readonly models: readonly string[];
  readonly format: string;
  readonly map: string;
  readonly processKey: string;
  readonly initial: string;
  readonly nullUnknown: boolean;
}

export const NOTHING_SAID: Said = {
  type: '',
  models: [],
  format: '',
  map: '',
  processKey: '',
  initial: '',
  nullUnknown: false,
};

export interface Task {
  readonly files: readonly Dropped[];
  readonly said: Said;
}

/** The names that may be chosen. */
export interface Names {
  readonly datatypes: readonly { readonly name: string; readonly models: readonly string[] }[];
  readonly formats: readonly { readonly name: string; readonly says: string }[];
}

/** What came of a history: a judgement, with how many anomalies it has in their place, or why there is none. */
export type Outcome =
  | (Omit<Judgement, 'anomalies' | 'certificate'> & {
      readonly file: string;
      readonly ms: number;
      readonly notes: readonly string[];
      readonly anomalies: number;
    })
  | { readonly file: string; readonly error: string };

/** What a report is drawn from; the operations are packed, as base64. */
export interface Report {
  readonly page: RunPage;
  readonly operations: string;
}

/** What the worker says. Histories are numbered as they were found, once for each model that was asked for. */
export type Message =
  | { readonly names: Names }
  | { readonly found: readonly string[]; readonly skipped: readonly string[] }
  | { readonly reading: number; readonly share: number }
  | { readonly judging: number }
  | { readonly ended: number; readonly outcome: Outcome; readonly report?: Report }
  | { readonly refused: string }
  | { readonly done: true };
