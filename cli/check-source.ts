/** Judges one history that `check` found. */
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import {
  ArgumentError,
  type Assumptions,
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
import { BadInput } from '../harness/failure.ts';
import { datatypeFor } from '../harness/setting/datatype-source.ts';
import type { InputFile } from './input/file.ts';
import type { Judgeable, Source } from './input/histories.ts';
import { readSource } from './input/reading.ts';
import { completed, nothingCompleted } from './nothing-completed.ts';
import type { StoredSetting } from './stored-run.ts';
import type { Checked } from './verdict-text.ts';

/** What a user says of the histories. */
export interface HistoryOptions {
  readonly type?: string;
  readonly model?: string;
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
  readonly debug?: true;
}

/** The verdict on a history, or why there is none. Does not throw. */
export async function checkSource(
  found: Judgeable,
  options: HistoryOptions,
): Promise<{ checked: Checked; history?: History }> {
  const began = performance.now();
  const file = 'source' in found ? found.source.path : found.path;
  try {
    if ('error' in found) throw found.error;
    const { judgement, notes, history } = await judged(found.source, options);
    const ms = Math.round(performance.now() - began);
    return { checked: { file, ...judgement, ms, notes }, history };
  } catch (error) {
    if (options.debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    const told = error instanceof Error ? error.message : String(error);
    return { checked: { file, error: told, ...(isUsage(error) ? { usage: true } : {}) } };
  }
}

const isUsage = (error: unknown) => error instanceof ArgumentError || error instanceof BadInput;

async function judged(
  source: Source,
  options: HistoryOptions,
): Promise<{ judgement: Judgement; notes: readonly string[]; history: History }> {
  const { history: read, notes: ofReading, lineOf } = await readSource(source, options.format, readOptions(options));
  const run = options.type === undefined && options.model === undefined ? await runOf(source) : undefined;
  if (run?.isOwnKind) {
    const judgement = run.heldToClaims(read);
    return { judgement, notes: [...ofReading, ...(judgement.notes ?? [])], history: read };
  }
  const named = options.type === undefined ? await typeOfRun(source) : await datatypeFor(options.type);
  const conformed = helped(lineOf, options, () => prepare(read, named === undefined ? {} : { type: named }));
  const { history, notes } = conformed;
  const model = options.model === undefined ? {} : { model: options.model };
  const placed = judgePrepared(conformed, { ...assumptionsOf(options), ...model });
  const judgement = run ? run.heldToClaims(read, placed) : placed;
  const all = [...ofReading, ...notes, ...(judgement.notes ?? [])];
  if (completed(history, conformed.datatype)) return { judgement, notes: all, history };
  if (source.files.some(({ brokeOff }) => brokeOff))
    throw new Error('the compressed data break off before any operation was completed (unexpected end of file)');
  return { judgement: nothingCompleted(judgement), notes: all, history };
}

/** What the run of this history was held to, where that is known. */
async function runOf({ setting, verdict }: Source): Promise<HeldRun | undefined> {
  if (!setting || !verdict) return undefined;
  const judged = await verdict.whole(1 << 26);
  // What judges runs brings all workloads along: a history alone need not wait for them.
  const { heldToClaims, isOwnKind, storedRun } = await import('./stored-run.ts');
  const run = await storedRun(await settingIn(setting), judged.toString('utf8'));
  return run && { isOwnKind: isOwnKind(run), heldToClaims: (history, placed) => heldToClaims(run, history, placed) };
}

/** A stored run as a history of it is judged. */
interface HeldRun {
  readonly isOwnKind: boolean;
  heldToClaims(history: History, placed?: Judgement): Judgement;
}

async function typeOfRun({ setting }: Source): Promise<JudgeOptions['type']> {
  return setting && (await import('./stored-run.ts')).storedType(await settingIn(setting));
}

async function settingIn(file: InputFile): Promise<StoredSetting> {
  return { text: (await file.whole(1 << 26)).toString('utf8'), folder: dirname(file.path) };
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
