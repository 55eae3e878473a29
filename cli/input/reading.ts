import { getHeapStatistics } from 'node:v8';
import { binaryFormats, HistoryError, historyReader, type Reading, type ReadOptions } from 'elle-ts';
import type { InputFile } from './file.ts';
import type { Source } from './histories.ts';
import { HELD } from './limits.ts';
import { textOf } from './text.ts';

/** Formats of transactions in sessions, which nobody can name otherwise. */
const SESSIONS_ONLY: readonly string[] = ['plume', 'awdit-test', 'dbcop', 'dbcop-bincode', 'viper', 'cobra'];

/**
 * Reads a history in the named format, or in the one that it turns out to have. Throws where it is in none, or broken.
 */
export async function readSource(
  { files }: Source,
  format: string | undefined,
  options: ReadOptions,
): Promise<Reading> {
  const [first] = files as [InputFile, ...InputFile[]];
  const head = await first.head();
  const binary = binaryFormats.find((one) => (format === undefined ? one.begins(head) : one.name === format));
  const reading = binary ? binary.read(await allBytes(files)) : await readText(files, head, format, options);
  const idle =
    SESSIONS_ONLY.includes(reading.format) && ((options.functions?.size ?? 0) > 0 || options.process !== undefined);
  const notes = files.flatMap((file) =>
    files.length > 1 ? file.notes.map((note) => `${file.name}: ${note}`) : file.notes,
  );
  if (idle)
    notes.push(
      `--map and --process-key change nothing: the format ${reading.format} has neither functions nor records`,
    );
  return notes.length === 0 ? reading : { ...reading, notes: [...notes, ...reading.notes] };
}

async function allBytes(files: readonly InputFile[]): Promise<Buffer[]> {
  const all: Buffer[] = [];
  let left = HELD;
  for (const file of files) {
    const bytes = await file.whole(left);
    left -= bytes.length;
    all.push(bytes);
  }
  return all;
}

async function readText(
  files: readonly InputFile[],
  head: Buffer,
  format: string | undefined,
  options: ReadOptions,
): Promise<Reading> {
  refuseKnownBinary(head);
  const reader = historyReader(format, options);
  for (const [at, file] of files.entries()) {
    if (at > 0) reader.nextFile?.();
    try {
      for await (const text of textOf(file.chunks())) {
        reader.push(text);
        refuseFullMemory();
      }
    } catch (error) {
      if (files.length === 1 || !(error instanceof Error)) throw error;
      throw new Error(`${file.name}: ${error.message}`, { cause: error });
    }
  }
  return reader.end();
}

/** Throws before the memory is full: then nothing could be said any more. */
function refuseFullMemory(): void {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  if (used > 0.85 * limit)
    throw new Error(
      `the history takes more memory than there is: NODE_OPTIONS=--max-old-space-size=${Math.round(limit / 2 ** 19)} gives twice as much`,
    );
}

/** Binary files that hold histories and are not read: what to do instead. */
function refuseKnownBinary(head: Buffer): void {
  if (head.toString('latin1', 0, 6) === 'JEPSEN')
    throw new HistoryError(
      "this is Jepsen's binary format (test.jepsen), which is not read: check history.edn, which lies beside it",
    );
}
