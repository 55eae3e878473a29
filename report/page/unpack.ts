import type { Message, PackedNames } from './data.ts';
import { Operations } from './operations.ts';

/** The operations that `report/columns.ts` packed; its doc comment has the layout. */
export async function unpackOperations(base64: string): Promise<Operations> {
  return operationsOf(await inflated(base64));
}

/** The operations of which these are the bytes. */
export function operationsOf(bytes: Uint8Array): Operations {
  const [names, afterNames] = line(bytes, 0);
  const [size, from] = line(bytes, afterNames);
  const packed = JSON.parse(names) as PackedNames;
  const columns = new Varints(bytes, from);
  const n = packed.length;
  const process = columns.signed(new Int32Array(n));
  const start = running(columns.signed(new Float64Array(n)));
  const end = columns.unsigned(new Float64Array(n));
  for (let row = 0; row < n; row++) end[row] = end[row] === 0 ? Infinity : end[row]! + start[row]!;
  const type = columns.unsigned(new Uint8Array(n));
  const f = columns.unsigned(new Uint8Array(n));
  const key = less(columns.unsigned(new Int32Array(n)));
  const node = less(columns.unsigned(new Int32Array(n)));
  const startNs = running(columns.signed(new Float64Array(n)));
  const endNs = columns.unsigned(new Float64Array(n));
  for (let row = 0; row < n; row++) endNs[row] = endNs[row] === 0 ? Infinity : endNs[row]! - 1 + startNs[row]!;
  const error = columns.unsigned(new Int32Array(n));
  const worker = less(columns.unsigned(new Int32Array(n)));
  const ageMs = columns.unsigned(new Float64Array(n));
  for (let row = 0; row < n; row++) ageMs[row] = ageMs[row] === 0 ? NaN : (ageMs[row]! - 1) / 1000;
  const text = bytes.subarray(from + Number(size));
  return new Operations({
    ...packed,
    process,
    start,
    end,
    type,
    f,
    key,
    node,
    startNs,
    endNs,
    error,
    worker,
    ageMs,
    text,
  });
}

/** The messages: a line of JSON each. */
export async function unpackMessages(base64: string): Promise<Message[]> {
  const text = new TextDecoder().decode(await inflated(base64));
  return text ? (JSON.parse(`[${text.trimEnd().replaceAll('\n', ',')}]`) as Message[]) : [];
}

/** The bytes that were gzipped and written as base64. */
async function inflated(base64: string): Promise<Uint8Array> {
  if (base64 === '') return new Uint8Array(0);
  const packed = decoded(base64);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> }).fromBase64;
  if (native) return native.call(Uint8Array, base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function line(bytes: Uint8Array, from: number): [text: string, after: number] {
  const to = bytes.indexOf(10, from);
  return [new TextDecoder().decode(bytes.subarray(from, to)), to + 1];
}

/** Differences to values, in place. */
function running(column: Float64Array): Float64Array {
  for (let row = 1; row < column.length; row++) column[row]! += column[row - 1]!;
  return column;
}

/** Places that were counted from one: none is -1. */
function less(column: Int32Array): Int32Array {
  for (let row = 0; row < column.length; row++) column[row]! -= 1;
  return column;
}

/** Reads columns of integers that take seven bits a byte. */
class Varints {
  private at: number;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  unsigned<T extends { [row: number]: number; readonly length: number }>(column: T): T {
    for (let row = 0; row < column.length; row++) column[row] = this.next();
    return column;
  }

  signed<T extends { [row: number]: number; readonly length: number }>(column: T): T {
    for (let row = 0; row < column.length; row++) {
      const value = this.next();
      column[row] = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    return column;
  }

  private next(): number {
    const { bytes } = this;
    let byte = bytes[this.at++]!;
    if (byte < 128) return byte;
    let value = byte & 127;
    let scale = 128;
    do {
      byte = bytes[this.at++]!;
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value;
  }
}
