/**
 * Jute, in which ZooKeeper writes what it sends (src/zookeeper.jute of its sources): numbers with the highest byte
 * first, texts and lists after their length.
 */
import { ByteReader } from './byte-reader.ts';

/** A whole number of 32 bits. */
export function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** A whole number of 64 bits. */
export function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

export function bool(value: boolean): Buffer {
  return Buffer.from([value ? 1 : 0]);
}

/** Bytes, or a text as UTF-8. */
export function bytes(value: Buffer | string): Buffer {
  const content = Buffer.from(value);
  return Buffer.concat([int(content.length), content]);
}

/** A message as it is sent: all of its fields after their length. */
export function message(...fields: readonly Buffer[]): Buffer {
  return bytes(Buffer.concat(fields));
}

/** Reads one field after the other. Each throws where what is left is no such field. */
export class JuteReader extends ByteReader {
  constructor(content: Buffer) {
    super(content, 'a response of ZooKeeper');
  }

  int(): number {
    return this.content.readInt32BE(this.skip(4));
  }

  long(): bigint {
    return this.content.readBigInt64BE(this.skip(8));
  }

  /** Bytes; nothing where they are absent, which is not the same as none. */
  bytes(): Buffer | undefined {
    const length = this.int();
    if (length === -1) return undefined;
    const start = this.skip(length);
    return this.content.subarray(start, start + length);
  }

  text(): string {
    return this.bytes()?.toString() ?? '';
  }

  texts(): readonly string[] {
    const length = this.int();
    const texts: string[] = [];
    // A text has four bytes at least, so that the bytes run out before a length that is a lie costs anything.
    for (let i = 0; i < length; i++) texts.push(this.text());
    return texts;
  }
}
