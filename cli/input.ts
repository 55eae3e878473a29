/** Where histories come from: files, folders, run folders and standard input, plain or gzipped, as chunks of text. */
import { isUtf8 } from 'node:buffer';
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UsageError } from './exit.ts';

const CHUNK = 1 << 18;
const HISTORY_NAME = /\.(jsonl|ndjson|json|edn|log|txt|text)(\.gz)?$/;
/** What a run's folder holds besides its history. */
const NOT_HISTORIES = /^(setting|plan|messages|verdict|meta|counterexample|campaign|summary)\.json/;

/** The histories that an argument names: a file, `-`, a run's folder, or a folder with any of these. Sorted by name. */
export function historyFiles(argument: string): string[] {
  if (argument === '-') return ['-'];
  if (!existsSync(argument)) throw new UsageError(`there is no file or folder ${argument}`);
  if (!statSync(argument).isDirectory()) return [argument];
  const found = inFolder(argument);
  if (found.length === 0) throw new UsageError(`no history lies in ${argument}`);
  return found;
}

function inFolder(folder: string): string[] {
  const names = new Intl.Collator('en', { numeric: true });
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => names.compare(a.name, b.name));
  const run = entries.find((entry) => /^history\.jsonl(\.gz)?$/.test(entry.name));
  if (run) return [join(folder, run.name)];
  return entries.flatMap((entry) => {
    if (entry.name.startsWith('.')) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return inFolder(path);
    const file = entry.isFile() || (entry.isSymbolicLink() && existsSync(path) && statSync(path).isFile());
    return file && HISTORY_NAME.test(entry.name) && !NOT_HISTORIES.test(entry.name) ? [path] : [];
  });
}

/**
 * The text of a file, or of standard input for `-`: pieces of whole lines where the text has lines. Bytes that are not UTF-8 are an error
 * with their line: read with replacement characters, two different values would become one.
 */
export async function* textOf(file: string): AsyncGenerator<string> {
  let carried: Buffer[] = [];
  let lines = 0;
  for await (const chunk of unzipped(bytesOf(file))) {
    const end = chunk.lastIndexOf(10) + 1;
    if (end === 0) {
      carried.push(chunk);
      continue;
    }
    const whole = joined([...carried, chunk.subarray(0, end)]);
    yield decoded(whole, lines);
    for (let at = whole.indexOf(10); at >= 0; at = whole.indexOf(10, at + 1)) lines++;
    carried = end === chunk.length ? [] : [chunk.subarray(end)];
  }
  if (carried.length > 0) yield decoded(withoutHalfCharacter(joined(carried)), lines);
}

function joined(parts: readonly Buffer[]): Buffer {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/** A crash may have cut the last line in the middle of a character. */
function withoutHalfCharacter(bytes: Buffer): Buffer {
  for (let cut = 1; cut <= 3 && cut <= bytes.length; cut++) {
    const lead = bytes[bytes.length - cut] as number;
    if (lead >= 0xc0) return bytes.subarray(0, bytes.length - cut + (isUtf8(bytes.subarray(-cut)) ? cut : 0));
    if (lead < 0x80) break;
  }
  return bytes;
}

function decoded(bytes: Buffer, linesBefore: number): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let line = linesBefore + 1;
  for (
    let from = 0, to = bytes.indexOf(10);
    to >= 0 && isUtf8(bytes.subarray(from, to));
    to = bytes.indexOf(10, from)
  ) {
    from = to + 1;
    line++;
  }
  throw new Error(`line ${line}: not UTF-8 text`);
}

async function* unzipped(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return;
  const all = async function* (): AsyncGenerator<Buffer> {
    yield first.value;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  };
  const zipped = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!zipped) {
    yield* all();
    return;
  }
  const plain = createGunzip({ chunkSize: CHUNK });
  // A failure reaches whoever reads `plain`; here it need not be handled twice.
  pipeline(Readable.from(all()), plain, () => {});
  yield* plain as AsyncIterable<Buffer>;
}

async function* bytesOf(file: string): AsyncGenerator<Buffer> {
  if (file === '-') {
    yield* process.stdin as AsyncIterable<Buffer>;
    return;
  }
  const handle = openSync(file, 'r');
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafe(CHUNK);
      const length = readSync(handle, buffer);
      if (length === 0) return;
      yield buffer.subarray(0, length);
    }
  } finally {
    closeSync(handle);
  }
}
