import { HistoryError } from './history-error.ts';

/**
 * Reads the numbers of a binary file in their order. Every method throws
 * a `HistoryError` that is `cutOff`, with the byte, where the file ends first.
 */
export class Bytes {
  at = 0;
  private readonly file: Uint8Array;
  private readonly view: DataView;
  private readonly littleEndian: boolean;

  constructor(file: Uint8Array, littleEndian: boolean) {
    this.file = file;
    this.view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    this.littleEndian = littleEndian;
  }

  done(): boolean {
    return this.at >= this.file.length;
  }

  byte(): number {
    this.need(1);
    return this.file[this.at++] as number;
  }

  flag(): boolean {
    const byte = this.byte();
    if (byte > 1) throw this.error(`${byte} is neither 0 nor 1`);
    return byte === 1;
  }

  skip(length: number): void {
    this.need(length);
    this.at += length;
  }

  /** An unsigned number: a string of its digits where a double would round it. */
  u64(): number | string {
    return exact(this.view.getBigUint64(this.take(8), this.littleEndian));
  }

  i64(): number | string {
    return exact(this.view.getBigInt64(this.take(8), this.littleEndian));
  }

  /** How many items follow: a number that no file can hold is an error. */
  count(): number {
    const count = this.u64();
    if (typeof count === 'string' || count > 2 ** 40) throw this.error(`${count} entries are said to follow`);
    return count;
  }

  error(reason: string): HistoryError {
    return new HistoryError(`byte ${this.at}: ${reason}`);
  }

  private take(length: number): number {
    this.need(length);
    const at = this.at;
    this.at += length;
    return at;
  }

  private need(length: number): void {
    if (this.at + length > this.file.length)
      throw new HistoryError(`byte ${this.at}: the file breaks off`, undefined, true);
  }
}

/** Whether the bytes equal the expected ones. */
export function sameBytes(bytes: Uint8Array, expected: readonly number[]): boolean {
  return bytes.length === expected.length && expected.every((byte, at) => bytes[at] === byte);
}

function exact(number: bigint): number | string {
  const double = Number(number);
  return Number.isSafeInteger(double) ? double : String(number);
}
