import type { InputFile } from '../../harness/checking/input-file.ts';
import type { Entry } from './archive.ts';
import { asBuffer } from './as-buffer.ts';

const BLOCK = 512;

/** A header of a tar file: of a file, or of what belongs to the next one. */
interface Header {
  readonly path: string;
  readonly size: number;
  readonly kind: 'file' | 'long name' | 'extended' | 'other';
}

/**
 * The entries of a tar file that `wanted` takes, and the paths of its other files, as it goes by.
 * At most `most` bytes are held. Throws where a header is damaged or the file ends inside an entry.
 */
export async function tarEntries(
  tar: InputFile,
  wanted: (path: string) => boolean,
  most: number,
): Promise<{ readonly entries: Entry[]; readonly others: string[] }> {
  const blocks = new Blocks(tar.chunks());
  const entries: Entry[] = [];
  const others: string[] = [];
  let held = 0;
  let named: string | undefined;
  for (;;) {
    const block = await blocks.take(BLOCK);
    if (block === undefined || block.every((byte) => byte === 0)) return { entries, others };
    const header = headerOf(block);
    const path = named ?? header.path;
    const wants = header.kind === 'file' && wanted(path);
    const holds = wants || (header.kind !== 'file' && header.kind !== 'other');
    if (holds) held += header.size;
    if (held > most) throw new Error(`the archive's histories have more than ${most >> 20} MB: unpack it first`);
    const stored = await contentOf(blocks, header.size, holds);
    if (wants) entries.push({ path, stored, deflated: false });
    else if (header.kind === 'file') others.push(path);
    named = nameFor(header, stored);
  }
}

async function contentOf(blocks: Blocks, size: number, holds: boolean): Promise<Buffer> {
  const padded = Math.ceil(size / BLOCK) * BLOCK;
  const data = holds ? await blocks.take(padded) : await blocks.skip(padded);
  if (data === undefined) throw new Error('the archive ends inside an entry: it is cut off');
  return data.subarray(0, size);
}

function headerOf(block: Buffer): Header {
  const type = String.fromCharCode(block[156] as number);
  const kind =
    type === '0' || type === '\0' ? 'file' : type === 'L' ? 'long name' : type === 'x' ? 'extended' : 'other';
  return { path: nameIn(block), size: octal(block, 124, 12), kind };
}

/** The path of the next entry, where this one says it. */
function nameFor({ kind }: Header, stored: Buffer): string | undefined {
  if (kind === 'long name') return stored.toString('utf8').replace(/\0+$/, '');
  // An extended header has lines such as `27 path=a/very/long/name`.
  if (kind === 'extended') return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(stored.toString('utf8'))?.[1];
  return undefined;
}

function nameIn(block: Buffer): string {
  const text = (from: number, length: number): string =>
    block.toString('utf8', from, from + length).replace(/\0[\s\S]*$/, '');
  const prefix = text(345, 155);
  return prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
}

function octal(block: Buffer, from: number, length: number): number {
  const digits = block
    .toString('latin1', from, from + length)
    .replace(/[\0 ]+$/, '')
    .trim();
  if (!/^[0-7]+$/.test(digits)) throw new Error('the archive is damaged: an entry has no size');
  return Number.parseInt(digits, 8);
}

/** Cuts chunks into pieces of the sizes asked for. */
class Blocks {
  private readonly chunks: AsyncGenerator<Uint8Array>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncGenerator<Uint8Array>) {
    this.chunks = chunks;
  }

  /** The next `size` bytes, or undefined where fewer are left. */
  async take(size: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let length = 0;
    while (length < size) {
      const piece = await this.next();
      if (piece === undefined) return undefined;
      const part = piece.subarray(0, size - length);
      this.rest = piece.subarray(part.length);
      parts.push(part);
      length += part.length;
    }
    return Buffer.concat(parts);
  }

  /** Passes over the next `size` bytes; returns undefined where fewer are left. */
  async skip(size: number): Promise<Buffer | undefined> {
    for (let left = size; left > 0; ) {
      const piece = await this.next();
      if (piece === undefined) return undefined;
      this.rest = piece.subarray(Math.min(left, piece.length));
      left -= piece.length - this.rest.length;
    }
    return Buffer.alloc(0);
  }

  private async next(): Promise<Buffer | undefined> {
    if (this.rest.length > 0) return this.rest;
    const next = await this.chunks.next();
    return next.done ? undefined : asBuffer(next.value);
  }
}
