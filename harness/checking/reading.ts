/** Reads a history in whatever format its files are. */
import { binaryFormats, HistoryError, historyReader, type Reader, type Reading, type ReadOptions } from 'elle-ts';
import type { InputFile } from './input-file.ts';
import { HELD } from './limits.ts';
import type { Source } from './source.ts';
import { textOf } from './text.ts';

/** Formats of transactions in sessions, which nobody can name otherwise. */
const SESSIONS_ONLY: readonly string[] = ['plume', 'awdit-test', 'dbcop', 'dbcop-bincode', 'viper', 'cobra'];

/**
 * Reads a history in the named format, or in the one that it turns out to have. Throws where it is in none, or broken;
 * `refuseFullMemory` is asked after each piece, and throws before the memory is full.
 */
export async function readSource(
  { files }: Source,
  format: string | undefined,
  options: ReadOptions,
  refuseFullMemory: () => void,
): Promise<Reading> {
  const [first] = files as [InputFile, ...InputFile[]];
  const head = await first.head();
  const binary = binaryFormats.find((one) => (format === undefined ? one.begins(head) : one.name === format));
  if (!binary) refuseKnownBinary(head);
  const reading = binary
    ? binary.read(await allBytes(files))
    : await readText(files, historyReader(format, options), refuseFullMemory);
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

async function allBytes(files: readonly InputFile[]): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  let left = HELD;
  for (const file of files) {
    const bytes = await file.whole(left);
    left -= bytes.length;
    all.push(bytes);
  }
  return all;
}

async function readText(files: readonly InputFile[], reader: Reader, refuseFullMemory: () => void): Promise<Reading> {
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

const JEPSENS_MARK = [...'JEPSEN'].map((letter) => letter.charCodeAt(0));

/** Binary files that hold histories and are not read: what to do instead. */
function refuseKnownBinary(head: Uint8Array): void {
  if (JEPSENS_MARK.every((byte, at) => head[at] === byte))
    throw new HistoryError(
      "this is Jepsen's binary format (test.jepsen), which is not read: check history.edn, which lies beside it",
    );
}
