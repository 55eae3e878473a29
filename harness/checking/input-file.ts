/** A file to be read, wherever it lies: on disk, in an archive, on standard input, or in a page; plain or gzipped. */
import { joined } from './bytes.ts';

/** How much of a file is looked at before it is decided what it is. */
const HEAD = 4096;

/**
 * What gzipped bytes become; Node.js and a page have an implementation each. `ended` is called where the data break
 * off. Throws where they are damaged, or become more than `most` times as many.
 */
type Gunzip = (bytes: AsyncIterable<Uint8Array>, most: number, ended: () => void) => AsyncIterable<Uint8Array>;

export interface InputOptions {
  readonly gunzip: Gunzip;
  /** How many times its size a compressed file may become. */
  readonly expansion: number;
  /** The bytes can be had once only. */
  readonly once?: boolean;
}

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
  private readonly open: () => AsyncIterable<Uint8Array>;
  private readonly options: InputOptions;
  private begun: { readonly head: Uint8Array; readonly rest: AsyncGenerator<Uint8Array> } | undefined;

  constructor(path: string, open: () => AsyncIterable<Uint8Array>, options: InputOptions) {
    this.path = path;
    this.name = path.slice(path.lastIndexOf('/') + 1);
    this.open = open;
    this.options = options;
  }

  /** The first bytes, or all where there are fewer. */
  async head(): Promise<Uint8Array> {
    const begun = await this.begin();
    if (!this.options.once) await this.close();
    return begun.head;
  }

  /** All bytes, in pieces. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const { head, rest } = await this.begin();
    this.begun = undefined;
    if (head.length > 0) yield head;
    yield* rest;
  }

  /** All bytes at once. Throws where they are more than `most`. */
  async whole(most: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.chunks()) {
      length += chunk.length;
      if (length > most) throw new Error(`more than ${most >> 20} MB, which have to be in memory at once`);
      parts.push(chunk);
    }
    return joined(parts);
  }

  private async begin(): Promise<{ readonly head: Uint8Array; readonly rest: AsyncGenerator<Uint8Array> }> {
    if (this.begun) return this.begun;
    const rest = this.plain();
    const parts: Uint8Array[] = [];
    for (let length = 0; length < HEAD; ) {
      const next = await rest.next();
      if (next.done) break;
      parts.push(next.value);
      length += next.value.length;
    }
    this.begun = { head: joined(parts), rest };
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

  private async *plain(): AsyncGenerator<Uint8Array> {
    const bytes = this.open()[Symbol.asyncIterator]();
    try {
      const first = await firstBytes(bytes);
      if (first.length === 0) return;
      const all = async function* (): AsyncGenerator<Uint8Array> {
        yield first;
        for (let next = await bytes.next(); !next.done; next = await bytes.next()) yield next.value;
      };
      const zipped = first[0] === 0x1f && first[1] === 0x8b;
      const { gunzip, expansion } = this.options;
      if (zipped) yield* gunzip(all(), expansion, () => this.breakOff());
      else yield* all();
    } finally {
      await bytes.return?.();
    }
  }
}

/** The first piece, of at least two bytes where there are two. */
async function firstBytes(bytes: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let first: Uint8Array = new Uint8Array();
  while (first.length < 2) {
    const next = await bytes.next();
    if (next.done) return first;
    first = first.length === 0 ? next.value : joined([first, next.value]);
  }
  return first;
}
