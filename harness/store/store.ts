/**
 * A run's folder. What determines the run is written before it starts and its history as it happens, so
 * that what a killed harness leaves can be judged and repeated. A folder that exists is never written to.
 */
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { type History, HistoryError, historyReader, prepare } from 'elle-ts';
import { nanoid } from 'nanoid';
import type { Workload } from '../../workloads/workload.ts';
import type { Journalled } from '../clusters/cluster.ts';
import { BadInput, HarnessFailure } from '../failure.ts';
import type { Result, Run } from '../judging/result.ts';
import { modulesIn, withModules } from '../setting/own-modules.ts';
import type { Plan, Setting } from '../setting/plan.ts';
import type { Prepared } from '../setting/prepared.ts';
import { inFile, inFileLater, parsedJson, type Reader } from '../setting/reading.ts';
import { sourceOf } from '../setting/sources.ts';
import { plan as planShape, refuseUnfit, setting as settingShape } from '../setting/stored.ts';
import { workloadFrom } from '../setting/workload-source.ts';
import { metaOf } from './meta.ts';
import { calls as callsShape, journalled, meta as metaShape, result as resultShape } from './stored-result.ts';
import { failure } from './whole-file.ts';

/** Where folders go for which no place is named. */
const RESULTS = 'results';

/** A folder that a run is being written to. */
export interface RunFolder {
  readonly path: string;
  readonly logFolder: string;
  /**
   * Writes a line of the history, and has handed it to the operating system when it returns.
   * Where the device is full the run continues without, and `finish` says so.
   */
  sink(line: string): void;
  /** Writes all the rest. Returns, in words, what could not be written: what was found is to be told all the same. */
  finish(run: Run, command: string): readonly string[];
  /** For what ends without a verdict: what there is of the history stays. */
  close(): void;
}

/** A run as its folder has it. */
export interface StoredRun extends Pick<Run, 'setting' | 'plan' | 'result' | 'history' | 'calls' | 'messages'> {
  /** What each node wrote. */
  readonly logs: Readonly<Record<string, string>>;
  readonly command: string;
}

/**
 * Makes a new folder: the one named, or one in `results`. Throws
 * `BadInput` where it exists, `HarnessFailure` where it cannot be made.
 */
export function newFolder(out: string | undefined, command: string): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const path = out ?? join(RESULTS, `${stamp}-${command}-${nanoid(6)}`);
  attempt(`${path} cannot be made`, () => {
    makeFolder(dirname(path));
    mkdirSync(path);
  });
  if (out === undefined) pointLatest(path);
  return path;
}

/**
 * Makes a folder and those above it, where they are missing.
 * Node's own way says of a read-only place that it does not exist.
 */
function makeFolder(path: string): void {
  const isFolder = () => existsSync(path) && statSync(path).isDirectory();
  if (isFolder()) return;
  if (existsSync(path)) throw new Error(`${path} is a file`);
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else may have been quicker.
    if (!isFolder()) throw error;
  }
}

/** Begins the folder of a run: setting and plan are written, and the history is open. */
export function storeRun(path: string, { setting, plan }: Pick<Prepared, 'setting' | 'plan'>): RunFolder {
  const startedAt = new Date();
  const write = (name: string, text: string) =>
    attempt(`${join(path, name)} cannot be written`, () => writeFileSync(join(path, name), text));
  const logFolder = join(path, 'nodes');
  attempt(`${logFolder} cannot be made`, () => mkdirSync(logFolder));
  // Beside what the user named, the way from here: a run's folder is read from other working folders too.
  const modules = modulesIn(path, setting);
  write('setting.json', json(modules ? { ...setting, modules } : setting));
  write('plan.json', json(plan));
  const file = join(path, 'history.jsonl');
  let history: number | undefined = attempt(`${file} cannot be written`, () => openSync(file, 'ax'));
  const unwritten: string[] = [];
  const close = () => {
    if (history !== undefined) closeSync(history);
    history = undefined;
  };
  return {
    path,
    logFolder,
    sink(line) {
      if (history === undefined || unwritten.length > 0) return;
      const to = history;
      unwritten.push(...failure(() => attempt(`${file} cannot be written`, () => writeSync(to, `${line}\n`))));
    },
    finish(run, command) {
      close();
      const { logs, messages, calls, result } = run;
      // What is largest comes last: should the disk be full, the verdict is there.
      const files: readonly (() => void)[] = [
        () => write('verdict.json', json(result)),
        () => write('meta.json', json(metaOf(startedAt, command, run.result))),
        () => write('calls.json', `${JSON.stringify(calls)}\n`),
        () => writeLines(join(path, 'messages.jsonl'), messages),
        // Real processes have written theirs themselves.
        ...(setting.cluster === 'simulation'
          ? [...logs].map(([node, lines]) => () => {
              write(`nodes/${node}.log`, lines.map((line) => `${line}\n`).join(''));
            })
          : []),
      ];
      return [...unwritten, ...files.flatMap(failure)];
    },
    close,
  };
}

/**
 * Copies a run's folder to a new place; `named` is what its system
 * and workload are called in the working folder. Throws `HarnessFailure`.
 */
export function copyRun(from: string, to: string, named: Pick<Setting, 'system' | 'workload'>): void {
  attempt(`${to} cannot be written`, () => {
    cpSync(from, to, { recursive: true });
    const file = join(to, 'setting.json');
    const setting = JSON.parse(readFileSync(file, 'utf8')) as object;
    const modules = modulesIn(to, named);
    if (modules) writeFileSync(file, json({ ...setting, modules }));
  });
}

/**
 * Reads a run's folder. Rejects with `BadInput` where it is none,
 * or one whose run did not end, or whose workload is not to be had.
 */
export async function readRun(path: string): Promise<StoredRun> {
  const text = (name: string) => {
    try {
      return readFileSync(join(path, name), 'utf8');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new BadInput(`${path} is not a finished run: ${code === 'ENOENT' ? `it has no ${name}` : message}`);
    }
  };
  const parsed = <T>(name: string, shape: Reader) => {
    const file = join(path, name);
    const value = parsedJson(text(name), file);
    inFile(file, () => shape(value, ''));
    return value as T;
  };
  type Stored = Setting & { readonly modules?: Partial<Setting> };
  const { modules, ...named } = parsed<Stored>('setting.json', settingShape);
  const setting = withModules(path, named, modules);
  const plan = parsed<Plan>('plan.json', planShape);
  inFile(join(path, 'plan.json'), () => refuseUnfit(plan, setting, 'plan'));
  const result = parsed<Result>('verdict.json', resultShape);
  const { datatype: type } = await inFileLater(join(path, 'setting.json'), workloadFrom(sourceOf(setting.workload)));
  // Runs of older versions have not kept who called.
  const calls = existsSync(join(path, 'calls.json')) ? parsed<readonly number[]>('calls.json', callsShape) : [];
  const { command } = parsed<{ command: string }>('meta.json', metaShape);
  const messages = text('messages.jsonl')
    .split('\n')
    .flatMap((line, i) => (line === '' ? [] : [messageIn(line, `${join(path, 'messages.jsonl')}:${i + 1}`)]));
  const logs = Object.fromEntries(setting.nodes.map((node) => [node, logOf(path, node)]));
  return {
    setting,
    plan,
    result,
    history: historyIn(join(path, 'history.jsonl'), type),
    calls,
    messages,
    logs,
    command,
  };
}

/** A history that its own run's folder has is part of that folder: where it is broken, the argument is. */
function historyIn(file: string, type: Workload['datatype']): History {
  try {
    return prepare(readHistory(file), { type }).history;
  } catch (error) {
    throw error instanceof HistoryError ? new BadInput(`${file}: ${error.message}`) : error;
  }
}

function readHistory(file: string): History {
  const reader = historyReader('jsonl');
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.allocUnsafe(1 << 20);
  const from = openSync(file, 'r');
  try {
    // In pieces: the history of a million operations is longer than a string can be.
    for (let length = readSync(from, buffer); length > 0; length = readSync(from, buffer))
      reader.push(decoder.write(buffer.subarray(0, length)));
  } finally {
    closeSync(from);
  }
  return reader.end().history;
}

function messageIn(line: string, where: string): Journalled {
  const value = parsedJson(line, where);
  inFile(where, () => journalled(value, ''));
  return value as Journalled;
}

/** A node that wrote nothing has no log in the simulation. What a link leads to outside the folder is none either. */
function logOf(path: string, node: string): string {
  try {
    const folder = realpathSync(join(path, 'nodes'));
    const file = realpathSync(join(folder, `${node}.log`));
    return dirname(file) === folder ? readFileSync(file, 'utf8') : '';
  } catch {
    return '';
  }
}

/** Points `latest` beside the folder to it. Only a convenience: where the file system has no links, there is none. */
function pointLatest(path: string): void {
  const link = join(dirname(path), 'latest');
  try {
    rmSync(link, { force: true });
    symlinkSync(basename(path), link);
  } catch {
    // Another run may have been quicker.
  }
}

/** A line an item, many at a time: all together may be longer than a string can be. */
function writeLines(file: string, items: readonly unknown[]): void {
  attempt(`${file} cannot be written`, () => {
    const to = openSync(file, 'wx');
    for (let i = 0; i < items.length; i += 1000)
      writeFileSync(
        to,
        items
          .slice(i, i + 1000)
          .map((item) => `${JSON.stringify(item)}\n`)
          .join(''),
      );
    closeSync(to);
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 1)}\n`;
}

function attempt<T>(what: string, task: () => T): T {
  try {
    return task();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new BadInput(`${what}: it exists, and results are never overwritten`);
    throw new HarnessFailure(`${what}: ${message}`);
  }
}
