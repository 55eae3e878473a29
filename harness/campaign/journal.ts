/**
 * What of a campaign is done, a line for each piece as it comes: `pieces.jsonl` has sums, `runs.jsonl` a line for each
 * run. A run that is written here is done, even if the process that made it dies. Runs are written before the line
 * that counts them, so that a kill leaves at most what the next opening takes away: half a line, and runs that nothing
 * counts.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { BadInput, HarnessFailure } from '../failure.ts';
import { linesIn } from '../store/lines.ts';
import type { CellSum } from './sum.ts';

/** Some runs of one piece, counted. */
export interface Part {
  readonly piece: number;
  /** The places of its runs in the plan; left out, all of the piece. */
  readonly places?: readonly number[];
  /** Its runs failed: they are made again where the campaign is resumed. */
  readonly failed?: true;
  readonly sum: CellSum;
}

/** A part as the journal has it. */
export interface PartLine extends Part {
  /** From where to where runs.jsonl has its runs, in bytes. */
  readonly at: readonly [from: number, to: number];
}

interface Files {
  readonly pieces: string;
  readonly runs: string;
}

const filesAs = (folder: string, pieces: string, runs: string): Files => ({
  pieces: join(folder, pieces),
  runs: join(folder, runs),
});
const own = (folder: string) => filesAs(folder, 'pieces.jsonl', 'runs.jsonl');
/** What takes the place of both: whole, and as good as in its place, once the pieces have this name. */
const next = (folder: string) => filesAs(folder, 'pieces.next.jsonl', 'runs.next.jsonl');
/** The same while it is written. */
const unfinished = (folder: string) => filesAs(folder, 'pieces.part.jsonl', 'runs.next.jsonl');

/** Where a folder's journal stands, also where a kill came between two files that were to take their places. */
function journalIn(folder: string): Files {
  const [now, then] = [own(folder), next(folder)];
  if (!existsSync(then.pieces)) return now;
  return { pieces: then.pieces, runs: existsSync(then.runs) ? then.runs : now.runs };
}

/** Reads the parts that stand in a folder, none where there is no journal. Throws `BadInput` where a line is none. */
export function* partsIn(folder: string): Generator<PartLine & { readonly end: number }, undefined> {
  const file = journalIn(folder).pieces;
  if (!existsSync(file)) return undefined;
  let number = 0;
  for (const { text, end } of linesIn(file)) {
    number++;
    yield { ...partOf(text, `${file}:${number}`), end };
  }
  return undefined;
}

/** The lines of a part's runs, as bytes; none where the file does not have them. */
export function bytesOfRuns(folder: string, [from, to]: PartLine['at']): Buffer {
  const bytes = Buffer.alloc(to - from);
  const file = journalIn(folder).runs;
  if (to <= from || !existsSync(file)) return Buffer.alloc(0);
  const open = openSync(file, 'r');
  try {
    readSync(open, bytes, 0, bytes.length, from);
  } finally {
    closeSync(open);
  }
  return bytes[bytes.length - 1] === 10 ? bytes : Buffer.alloc(0);
}

function partOf(text: string, where: string): PartLine {
  let value: Partial<PartLine> | null = null;
  try {
    value = JSON.parse(text) as Partial<PartLine> | null;
  } catch {
    // Said below.
  }
  const { piece, places = [], sum, at } = value ?? {};
  const isWhole = (one: unknown) => Number.isSafeInteger(one) && (one as number) >= 0;
  const lists = [places, at, sum?.early, sum?.kinds, sum?.failed?.first, sum?.undecided?.first, sum?.any?.first];
  const good =
    isWhole(piece) && isWhole(sum?.runs) && lists.every(Array.isArray) && places.every(isWhole) && at!.every(isWhole);
  if (!good || !sum?.verdicts || !sum.shown || !sum.anomalies)
    throw new BadInput(`${where}: these are no runs: the file is damaged, or another version wrote it`);
  return value as PartLine;
}

export class Journal {
  private readonly files: Files;
  private readonly pieces: number;
  private readonly runs: number;
  private size: number;

  private constructor(files: Files, size: number) {
    this.files = files;
    this.size = size;
    this.pieces = openSync(files.pieces, 'a');
    this.runs = openSync(files.runs, 'a');
  }

  /**
   * Opens the folder's journal, or begins one. `known` gets each part that stands there; those that failed
   * are taken away. Throws `BadInput` where it is damaged, `HarnessFailure` where it cannot be written.
   * Reads it once; whenever it is killed, the folder has a journal with all parts that have not failed.
   */
  static open(folder: string, known: (part: PartLine) => void): Journal {
    return attempt(own(folder), () => {
      settle(folder);
      let [end, size] = [0, 0];
      let without: Journal | undefined;
      for (const { end: lineEnd, ...part } of partsIn(folder)) {
        if (part.failed) without ??= Journal.beginningOf(folder, end, size);
        else {
          known(part);
          without?.copy(part, folder);
        }
        end = lineEnd;
        size = Math.max(size, part.at[1]);
      }
      if (without) {
        without.close();
        renameSync(unfinished(folder).pieces, next(folder).pieces);
        settle(folder);
        return new Journal(own(folder), without.size);
      }
      cut(own(folder), end, size);
      return new Journal(own(folder), size);
    });
  }

  /** An empty journal in a folder. */
  static begin(folder: string): Journal {
    return attempt(own(folder), () => new Journal(own(folder), 0));
  }

  /** A journal to take the folder's place: so much of its two files, to be continued. */
  private static beginningOf(folder: string, end: number, size: number): Journal {
    const [from, to] = [own(folder), unfinished(folder)];
    copyFileSync(from.pieces, to.pieces);
    copyFileSync(from.runs, to.runs);
    cut(to, end, size);
    return new Journal(to, size);
  }

  /** Writes a part with the lines of its runs. Throws `HarnessFailure` where it cannot. */
  add(part: Part, lines: readonly string[]): void {
    this.write(part, Buffer.from(lines.map((line) => `${line}\n`).join('')));
  }

  /** Takes a part over, with its runs, from the journal of another folder. */
  copy({ at, ...part }: PartLine, folder: string): void {
    this.write(part, bytesOfRuns(folder, at));
  }

  close(): void {
    closeSync(this.pieces);
    closeSync(this.runs);
  }

  private write(part: Part, runs: Buffer): void {
    attempt(this.files, () => {
      writeAll(this.runs, runs);
      const at = [this.size, this.size + runs.length] as const;
      this.size = at[1];
      writeAll(this.pieces, Buffer.from(`${JSON.stringify({ ...part, at })}\n`));
    });
  }
}

/** Ends what a kill left of a journal that was to take the folder's place: it is in its place, or it is gone. */
function settle(folder: string): void {
  const [now, then] = [own(folder), next(folder)];
  if (existsSync(then.pieces)) {
    if (existsSync(then.runs)) renameSync(then.runs, now.runs);
    renameSync(then.pieces, now.pieces);
  } else for (const file of Object.values(unfinished(folder))) rmSync(file, { force: true });
}

/** Takes away what stands after so many bytes. */
function cut({ pieces, runs }: Files, end: number, size: number): void {
  if (existsSync(pieces) && statSync(pieces).size > end) truncateSync(pieces, end);
  if (existsSync(runs) && statSync(runs).size > size) truncateSync(runs, size);
}

function writeAll(file: number, bytes: Buffer): void {
  for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from);
}

function attempt<T>({ pieces }: Files, task: () => T): T {
  try {
    return task();
  } catch (error) {
    if (error instanceof BadInput || error instanceof HarnessFailure) throw error;
    throw new HarnessFailure(`${pieces} cannot be written: ${(error as Error).message}`);
  }
}
