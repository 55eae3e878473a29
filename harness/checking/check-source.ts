/** From the files of a history to its verdict: what `check` does on the command line, as the page for files does. */
import {
  ArgumentError,
  type Assumptions,
  type Datatype,
  type History,
  HistoryError,
  type Judgement,
  type JudgeOptions,
  judgePrepared,
  prepare,
  type Reading,
  type ReadOptions,
  withArticle,
} from 'elle-ts';
import { BadInput } from '../failure.ts';
import { completed, nothingCompleted } from './nothing-completed.ts';
import { readSource } from './reading.ts';
import type { Judgeable, Source } from './source.ts';

/** What a user says of the histories. */
export interface HistoryOptions {
  readonly type?: string;
  /** Each is judged alone; the strongest that holds is found where absent. */
  readonly models?: readonly string[];
  readonly format?: string;
  /** Our name for each of the functions that are called otherwise. */
  readonly map: readonly (readonly [theirs: string, ours: string])[];
  readonly processKey?: string;
  /** In megabytes. */
  readonly maxLine?: number;
  readonly initial?: string;
  readonly assumeNullUnknown?: true;
  readonly assumeLinearizableKeys?: true;
  readonly assumeSequentialKeys?: true;
  readonly assumeWfrKeys?: true;
  readonly budget?: number;
  readonly certificate?: true;
}

/** A history that was judged, or why it could not be: because of the arguments, where that is `usage`. */
export type Checked =
  | (Judgement & { readonly file: string; readonly ms: number; readonly notes: readonly string[] })
  | { readonly file: string; readonly error: string; readonly usage?: true };

/** What the platform knows besides the files: Node.js loads modules of the user's own, a page does not. */
export interface Surroundings {
  /** The datatype that `type` names. Rejects with `BadInput`. */
  datatypeFor(type: string): Promise<string | Datatype>;
  /** What the run of this history was held to, where that is known. */
  runOf(source: Source): Promise<HeldRun | undefined>;
  /** The datatype of the run of this history, where that is known. */
  typeOfRun(source: Source): Promise<JudgeOptions['type']>;
  /** Throws before the memory is full: then nothing could be said any more. */
  refuseFullMemory(): void;
  /** Is told of an error that ends a history, for whoever looks for one of ours. */
  failed?(error: unknown): void;
}

/** A stored run as a history of it is judged. */
export interface HeldRun {
  /** Whether the history is of a datatype that only the run's workload knows. */
  readonly isOwnKind: boolean;
  heldToClaims(history: History, placed?: Judgement): Judgement;
}

/**
 * The verdicts on a history, which is read once: one for each model that is named, or one on all. What cannot be judged
 * says why instead. Does not throw.
 */
export async function checkSource(
  found: Judgeable,
  options: HistoryOptions,
  surroundings: Surroundings,
): Promise<{ checked: readonly Checked[]; history?: History }> {
  let began = performance.now();
  const file = 'source' in found ? found.source.path : found.path;
  const failed = (error: unknown): Checked => {
    surroundings.failed?.(error);
    const told = error instanceof Error ? error.message : String(error);
    return { file, error: told, ...(isUsage(error) ? { usage: true } : {}) };
  };
  try {
    if ('error' in found) throw found.error;
    const { history, judge } = await readToJudge(found.source, options, surroundings);
    const checked = (options.models ?? [undefined]).map((model): Checked => {
      try {
        const { judgement, notes } = judge(model);
        const ms = Math.round(performance.now() - began);
        return { file, ...judgement, ms, notes };
      } catch (error) {
        return failed(error);
      } finally {
        began = performance.now();
      }
    });
    return { checked, history };
  } catch (error) {
    return { checked: [failed(error)] };
  }
}

const isUsage = (error: unknown) => error instanceof ArgumentError || error instanceof BadInput;

/** A history, and what judges it for a model, or finds the strongest that holds. */
interface ToJudge {
  readonly history: History;
  judge(model: string | undefined): { readonly judgement: Judgement; readonly notes: readonly string[] };
}

async function readToJudge(
  source: Source,
  options: HistoryOptions,
  { refuseFullMemory, datatypeFor, typeOfRun, runOf }: Surroundings,
): Promise<ToJudge> {
  const {
    history: read,
    notes: ofReading,
    lineOf,
  } = await readSource(source, options.format, readOptions(options), refuseFullMemory);
  const run = options.type === undefined && options.models === undefined ? await runOf(source) : undefined;
  if (run?.isOwnKind) {
    const judge = () => {
      const judgement = run.heldToClaims(read);
      return { judgement, notes: [...ofReading, ...(judgement.notes ?? [])] };
    };
    return { history: read, judge };
  }
  const named = options.type === undefined ? await typeOfRun(source) : await datatypeFor(options.type);
  const conformed = helped(lineOf, options, () => prepare(read, named === undefined ? {} : { type: named }));
  const { history, notes } = conformed;
  const tells = completed(history, conformed.datatype);
  if (!tells && source.files.some(({ brokeOff }) => brokeOff))
    throw new Error('the compressed data break off before any operation was completed (unexpected end of file)');
  const judge = (model: string | undefined) => {
    const placed = judgePrepared(conformed, { ...assumptionsOf(options), ...(model === undefined ? {} : { model }) });
    const judgement = run ? run.heldToClaims(read, placed) : placed;
    const all = [...ofReading, ...notes, ...(judgement.notes ?? [])];
    return { judgement: tells ? judgement : nothingCompleted(judgement), notes: all };
  };
  return { history, judge };
}

function readOptions({ map, processKey, maxLine }: HistoryOptions): ReadOptions {
  return {
    functions: new Map(map),
    ...(processKey === undefined ? {} : { process: processKey }),
    ...(maxLine === undefined ? {} : { longest: maxLine * 1e6 }),
  };
}

/**
 * An operation that is none of its datatype is told with its
 * line, where the format has lines, and with what would help.
 */
function helped<T>(lineOf: Reading['lineOf'], { map }: HistoryOptions, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof HistoryError) || error.operation === undefined) throw error;
    const { reason, operation } = error;
    const converter = '--map changes names alone, and a value of another shape needs a converter';
    const mapped = map.some(([, ours]) => reason.includes(`${withArticle(ours)} of`));
    throw new HistoryError(mapped ? `${reason} (${converter})` : reason, lineOf?.(operation));
  }
}

function assumptionsOf(options: HistoryOptions): Assumptions {
  return {
    ...(options.initial === undefined ? {} : { initial: initialOf(options.initial) }),
    ...(options.assumeNullUnknown ? { nullReads: 'unknown' } : {}),
    ...(options.assumeLinearizableKeys ? { linearizableKeys: true } : {}),
    ...(options.assumeSequentialKeys ? { sequentialKeys: true } : {}),
    ...(options.assumeWfrKeys ? { wfrKeys: true } : {}),
    ...(options.certificate ? { certificate: true } : {}),
    ...(options.budget === undefined ? {} : { budget: options.budget }),
  };
}

/** `--initial 0`, `--initial '{"x":0}'`, `--initial nil`, or any other text as a string. */
function initialOf(text: string): unknown {
  if (text === 'nil') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
