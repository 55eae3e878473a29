/** A file to be read, wherever it lies: on disk, in an archive, or on standard input; plain or gzipped. */
import { open, stat } from 'node:fs/promises';
import { gunzipped } from './gunzip.ts';

const CHUNK = 1 << 18;
/** How much of a file is looked at before it is decided what it is. */
const HEAD = 4096;
/** How long it takes until somebody who waits is told for what, in milliseconds. */
const PATIENCE = 1000;

/** The bytes of a file, gunzipped. */
export class InputFile {
  /** Its name for people: a path, or "standard input". */
  readonly path: string;
  /** The last part of its path. */
  readonly name: string;
  /** What a person should know of how its bytes were read; complete after `chunks` has ended. */
  readonly notes: string[] = [];
  /** Its compressed data end too early; known after `chunks` has ended. */
  brokeOff = false;
  private readonly open: () => AsyncIterable<Buffer>;
  private readonly expansion: number;
  /** The bytes can be had once only. */
  private readonly once: boolean;
  private begun: { readonly head: Buffer; readonly rest: AsyncGenerator<Buffer> } | undefined;

  constructor(
    path: string,
    open: () => AsyncIterable<Buffer>,
    { expansion, once = false }: { readonly expansion: number; readonly once?: boolean },
  ) {
    this.path = path;
    this.name = path.slice(path.lastIndexOf('/') + 1);
    this.open = open;
    this.expansion = expansion;
    this.once = once;
  }

  /** The first bytes, or all where there are fewer. */
  async head(): Promise<Buffer> {
    const begun = await this.begin();
    if (!this.once) await this.close();
    return begun.head;
  }

  /** All bytes, in pieces. */
  async *chunks(): AsyncGenerator<Buffer> {
    const { head, rest } = await this.begin();
    this.begun = undefined;
    if (head.length > 0) yield head;
    yield* rest;
  }

  /** All bytes at once. Throws where they are more than `most`. */
  async whole(most: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let length = 0;
    for await (const chunk of this.chunks()) {
      length += chunk.length;
      if (length > most) throw new Error(`more than ${most >> 20} MB, which have to be in memory at once`);
      parts.push(chunk);
    }
    return Buffer.concat(parts);
  }

  private async begin(): Promise<{ readonly head: Buffer; readonly rest: AsyncGenerator<Buffer> }> {
    if (this.begun) return this.begun;
    const rest = this.plain();
    const parts: Buffer[] = [];
    for (let length = 0; length < HEAD; ) {
      const next = await rest.next();
      if (next.done) break;
      parts.push(next.value);
      length += next.value.length;
    }
    this.begun = { head: Buffer.concat(parts), rest };
    return this.begun;
  }

  private breakOff(): void {
    if (!this.brokeOff) this.notes.push('the compressed data break off: the history ends there');
    this.brokeOff = true;
  }

  private async close(): Promise<void> {
    await this.begun?.rest.return(undefined);
    this.begun = undefined;
  }

  private async *plain(): AsyncGenerator<Buffer> {
    const bytes = this.open()[Symbol.asyncIterator]();
    try {
      const first = await firstBytes(bytes);
      if (first.length === 0) return;
      const all = async function* (): AsyncGenerator<Buffer> {
        yield first;
        for (let next = await bytes.next(); !next.done; next = await bytes.next()) yield next.value;
      };
      const zipped = first[0] === 0x1f && first[1] === 0x8b;
      if (zipped) yield* gunzipped(all(), this.expansion, () => this.breakOff());
      else yield* all();
    } finally {
      await bytes.return?.();
    }
  }
}

/** The first piece, of at least two bytes where there are two. */
async function firstBytes(bytes: AsyncIterator<Buffer>): Promise<Buffer> {
  let first: Buffer = Buffer.alloc(0);
  while (first.length < 2) {
    const next = await bytes.next();
    if (next.done) return first;
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
  }
  return first;
}

/** A file on disk, or a named pipe, which has its bytes once. */
export async function fileOnDisk(path: string, expansion: number): Promise<InputFile> {
  const once = !(await stat(path)).isFile();
  return new InputFile(path, () => diskBytes(path, once), { expansion, once });
}

export function standardInput(expansion: number): InputFile {
  if (process.stdin.isTTY) process.stderr.write('waiting for a history on standard input\n');
  return new InputFile('standard input', () => process.stdin as AsyncIterable<Buffer>, { expansion, once: true });
}

async function* diskBytes(path: string, mayWait: boolean): AsyncGenerator<Buffer> {
  // Opening a pipe ends when somebody opens its other end.
  const told = mayWait ? setTimeout(() => sayWaiting(path), PATIENCE) : undefined;
  const file = await open(path, 'r');
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafe(CHUNK);
      const { bytesRead } = await file.read(buffer);
      clearTimeout(told);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    clearTimeout(told);
    await file.close();
  }
}

function sayWaiting(path: string): void {
  process.stderr.write(`waiting for a program that writes to ${path}, which is a pipe\n`);
}
