/**
 * What a search has done so far, a line each as it comes, in `search.jsonl` beside its counterexamples: what stands
 * there is done, whatever becomes of the search. A kill may cut the last line short; such a line is taken away. A
 * search that comes to its end takes the file along, so that one that is there can be resumed.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { BadInput, HarnessFailure } from '../failure.ts';
import { moduleHash } from '../setting/module-path.ts';
import { isOwnModule } from '../setting/own-module.ts';
import { takeFolder } from '../store/folder-lock.ts';
import { version } from '../store/version.ts';
import { isPart } from '../store/whole-file.ts';
import type { Counterexample } from './counterexample-text.ts';
import type { Batch, Found, Task } from './tasks.ts';

/** All that determines which runs a search makes. */
export interface Searching {
  readonly subjects: readonly Pick<Task, 'system' | 'workload' | 'claims'>[];
  readonly seed: number;
  readonly strategy: string;
  readonly verify: boolean;
}

/** Seeds of one subject that were run, and what they came to. Of findings it has those that are shrunk. */
interface BatchLine {
  readonly task: Omit<Task, 'seeds'>;
  readonly seeds: readonly number[];
  readonly batch: Batch;
}

/** A finding that was shrunk, or did not show again. */
interface ShrunkLine {
  readonly shrunk: Pick<Found, 'system' | 'anomaly' | 'seed'>;
  readonly example?: Counterexample;
}

type Line = BatchLine | ShrunkLine;

export class Journal {
  private readonly file: string;
  private readonly release: () => void;
  /** What an earlier process did. */
  readonly batches: readonly BatchLine[];
  private readonly done: ReadonlySet<string>;
  private readonly shrunk: ReadonlyMap<string, ShrunkLine>;

  private constructor(file: string, release: () => void, lines: readonly Line[]) {
    this.file = file;
    this.release = release;
    this.batches = lines.filter((line) => 'batch' in line);
    this.done = new Set(this.batches.flatMap(({ task, seeds }) => seeds.map((seed) => runName(task, seed))));
    this.shrunk = new Map(lines.flatMap((line) => ('shrunk' in line ? [[foundName(line.shrunk), line] as const] : [])));
  }

  /**
   * Takes the folder for this search: a new one, or, with `resume`, the one whose journal is there; that has the seed
   * where none is given. Throws `BadInput` where another process searches there, or the journal is of another search.
   */
  static open(
    folder: string,
    searching: Omit<Searching, 'seed'> & { readonly seed: number | undefined },
    resume: boolean,
  ): { readonly journal: Journal; readonly seed: number } {
    const release = takeFolder(folder);
    try {
      for (const name of readdirSync(folder)) if (isPart(name)) rmSync(join(folder, name), { force: true });
      const file = join(folder, 'search.jsonl');
      const [head, ...lines] = resume && existsSync(file) ? wholeLines(file) : [];
      const seed = searching.seed ?? (head as { search?: Searching } | undefined)?.search?.seed ?? newSeed();
      const own = headOf({ ...searching, seed });
      if (head === undefined) attempt(file, () => writeFileSync(file, `${JSON.stringify(own)}\n`));
      else refuseOther(file, head, own);
      return { journal: new Journal(file, release, lines as Line[]), seed };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Those of the task's seeds that are still to be run. */
  left(task: Task): readonly number[] {
    return task.seeds.filter((seed) => !this.done.has(runName(task, seed)));
  }

  /** What an earlier process came to when it shrank this; undefined where none did. */
  shrunkOf(found: Found): Pick<ShrunkLine, 'example'> | undefined {
    return this.shrunk.get(foundName(found));
  }

  addBatch({ seeds, ...task }: Task, batch: Batch): void {
    this.add({ task, seeds, batch });
  }

  addShrunk({ system, anomaly, seed }: Found, example: Counterexample | undefined): void {
    this.add({ shrunk: { system, anomaly, seed }, ...(example ? { example } : {}) });
  }

  /** Gives the folder back; the journal is of no more use where the search is over. */
  close(isOver: boolean): void {
    if (isOver) rmSync(this.file, { force: true });
    this.release();
  }

  private add(line: Line): void {
    attempt(this.file, () => appendFileSync(this.file, `${JSON.stringify(line)}\n`));
  }
}

export function newSeed(): number {
  return Math.floor(Math.random() * 1e9);
}

function runName({ system, workload }: Pick<Task, 'system' | 'workload'>, seed: number): string {
  return JSON.stringify([system, workload, seed]);
}

function foundName({ system, anomaly, seed }: Pick<Found, 'system' | 'anomaly' | 'seed'>): string {
  return JSON.stringify([system, anomaly, seed]);
}

/** The first line: a search resumed with other code would tell of runs that it did not make. */
function headOf(search: Searching): object {
  const named = search.subjects.flatMap(({ system, workload }) => [system, workload]).filter(isOwnModule);
  const modules = Object.fromEntries([...new Set(named)].map((says) => [says, moduleHash(says)]));
  return { splitbrain: version, search, modules };
}

function refuseOther(file: string, head: unknown, own: object): void {
  if (!isDeepStrictEqual(head, JSON.parse(JSON.stringify(own))))
    throw new BadInput(`${file} is of another search: name the same systems, options and seed, or leave out --resume`);
}

/** The lines that are whole; throws `BadInput` where one of them is none of a journal. */
function wholeLines(file: string): readonly unknown[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) attempt(file, () => truncateSync(file, Buffer.byteLength(whole)));
  const lines = whole.split('\n').slice(0, -1);
  return lines.map((line, i) => {
    try {
      const value: unknown = JSON.parse(line);
      if (isLine(value, i)) return value;
    } catch {
      // Said below.
    }
    throw new BadInput(`${file} is broken in line ${i + 1}: leave out --resume to begin anew`);
  });
}

function isLine(value: unknown, at: number): boolean {
  const { search, batch, task, seeds, shrunk } = (value ?? {}) as Readonly<
    Record<string, Readonly<Record<string, unknown>>>
  >;
  if (at === 0) return typeof search === 'object' && Array.isArray(search?.subjects);
  if (shrunk !== undefined) return typeof shrunk?.seed === 'number';
  const lists = [batch?.findings, batch?.errors, batch?.leaks, batch?.coverage];
  return typeof task?.system === 'string' && Array.isArray(seeds) && lists.every(Array.isArray);
}

function attempt(file: string, task: () => void): void {
  try {
    task();
  } catch (error) {
    throw new HarnessFailure(`${file} cannot be written: ${(error as Error).message}`);
  }
}
