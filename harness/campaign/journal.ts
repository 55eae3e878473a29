/**
 * What of a campaign is done, a line for each piece as it comes: `pieces.jsonl` has sums, `runs.jsonl` a line for each
 * run. A run that is written here is done, even if the process that made it dies. Runs are written before the line
 * that counts them, so that a kill leaves at most what the next opening takes away: half a line, and runs that nothing
 * counts.
 */
import { closeSync, existsSync, openSync, readSync, statSync, truncateSync, writeSync } from 'node:fs';
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

const PIECES = 'pieces.jsonl';
const RUNS = 'runs.jsonl';

/** Reads the parts that stand in a folder, none where there is no journal. Throws `BadInput` where a line is none. */
export function* partsIn(folder: string): Generator<PartLine & { readonly end: number }, undefined> {
  const file = join(folder, PIECES);
  if (!existsSync(file)) return undefined;
  let number = 0;
  for (const { text, end } of linesIn(file)) {
    number++;
    yield { ...partOf(text, `${file}:${number}`), end };
  }
  return undefined;
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
  private readonly folder: string;
  private readonly pieces: number;
  private readonly runs: number;
  private size: number;

  private constructor(folder: string, size: number) {
    this.folder = folder;
    this.size = size;
    this.pieces = openSync(join(folder, PIECES), 'a');
    this.runs = openSync(join(folder, RUNS), 'a');
  }

  /**
   * Opens the folder's journal, or begins one. `known` gets each part that stands there; those that failed
   * are taken away. Throws `BadInput` where it is damaged, `HarnessFailure` where it cannot be written.
   */
  static open(folder: string, known: (part: PartLine) => void): Journal {
    let end = 0;
    let size = 0;
    const again: PartLine[] = [];
    let kept = 0;
    for (const { end: next, ...part } of partsIn(folder)) {
      end = next;
      size = Math.max(size, part.at[1]);
      if (part.failed) again.push(part);
      else kept++;
    }
    return attempt(folder, () => {
      for (const [name, length] of [
        [PIECES, end],
        [RUNS, size],
      ] as const) {
        const file = join(folder, name);
        if (existsSync(file) && statSync(file).size > length) truncateSync(file, length);
      }
      if (again.length > 0) return rewritten(folder, known);
      if (kept > 0) for (const part of partsIn(folder)) known(part);
      return new Journal(folder, size);
    });
  }

  /** An empty journal in a folder. */
  static begin(folder: string): Journal {
    return attempt(folder, () => new Journal(folder, 0));
  }

  /** Writes a part with the lines of its runs. Throws `HarnessFailure` where it cannot. */
  add(part: Part, lines: readonly string[]): void {
    this.write(part, Buffer.from(lines.map((line) => `${line}\n`).join('')));
  }

  /** Takes a part over, with its runs, from the journal of another folder. */
  copy({ at: [from, to], ...part }: PartLine, folder: string): void {
    const bytes = Buffer.alloc(to - from);
    const file = join(folder, RUNS);
    if (to > from && existsSync(file)) {
      const open = openSync(file, 'r');
      readSync(open, bytes, 0, bytes.length, from);
      closeSync(open);
    }
    this.write(part, bytes[bytes.length - 1] === 10 ? bytes : Buffer.alloc(0));
  }

  close(): void {
    closeSync(this.pieces);
    closeSync(this.runs);
  }

  private write(part: Part, runs: Buffer): void {
    attempt(this.folder, () => {
      writeAll(this.runs, runs);
      const at = [this.size, this.size + runs.length] as const;
      this.size = at[1];
      writeAll(this.pieces, Buffer.from(`${JSON.stringify({ ...part, at })}\n`));
    });
  }
}

/** The journal without the runs that failed. */
function rewritten(folder: string, known: (part: PartLine) => void): Journal {
  const old = [...partsIn(folder)].map(({ end: _, ...part }) => part);
  const file = join(folder, RUNS);
  const texts = old.map(({ at: [from, to] }) => {
    const bytes = Buffer.alloc(to - from);
    const open = openSync(file, 'r');
    readSync(open, bytes, 0, bytes.length, from);
    closeSync(open);
    return bytes.toString('utf8').split('\n').slice(0, -1);
  });
  for (const name of [PIECES, RUNS]) truncateSync(join(folder, name), 0);
  const journal = Journal.begin(folder);
  for (const [i, { at: _, ...part }] of old.entries()) {
    if (part.failed) continue;
    journal.add(part, texts[i]!);
    known({ ...part, at: [0, 0] });
  }
  return journal;
}

function writeAll(file: number, bytes: Buffer): void {
  for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from);
}

function attempt<T>(folder: string, task: () => T): T {
  try {
    return task();
  } catch (error) {
    if (error instanceof BadInput || error instanceof HarnessFailure) throw error;
    throw new HarnessFailure(`${join(folder, PIECES)} cannot be written: ${(error as Error).message}`);
  }
}
