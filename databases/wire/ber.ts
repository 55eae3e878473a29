/** Basic encoding rules (ITU-T X.690), as far as LDAP has them: definite lengths and tags of one byte. */

/** Nothing is longer. */
export const MOST_BYTES = 16 << 20;
/** A length has at most so many bytes after its first. */
const MOST_LENGTH_BYTES = 4;
const LONG_FORM = 0x80;
const HIGH_TAG = 0x1f;

export const TAG = { boolean: 1, integer: 2, octets: 4, enumerated: 10, sequence: 0x30, set: 0x31 } as const;

/** A value with its tag; `content` is what it has within. */
export interface Ber {
  readonly tag: number;
  readonly content: Buffer;
}

/** A value of several others, one after the other, or of bytes. */
export function ber(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = Buffer.alloc(4);
  size.writeUInt32BE(length);
  const head = length < LONG_FORM ? [tag, length] : [tag, LONG_FORM | 4, ...size];
  return Buffer.concat([Buffer.from(head), content]);
}

export const berText = (text: string, tag: number = TAG.octets): Buffer => ber(tag, Buffer.from(text));

/** A whole number from 0 to 2^31 - 1. */
export function berNumber(value: number, tag: number = TAG.integer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  // No more bytes than are needed, the first of them without the highest bit, which would be a sign.
  let from = 0;
  while (from < 3 && bytes[from] === 0 && bytes[from + 1]! < LONG_FORM) from++;
  return ber(tag, bytes.subarray(from));
}

/** Tag and length at the beginning of the bytes; nothing where they are not whole. Throws where there are none such. */
function headOf(bytes: Buffer): { readonly tag: number; readonly from: number; readonly end: number } | undefined {
  const [tag, first] = bytes;
  if (tag === undefined) return undefined;
  if ((tag & HIGH_TAG) === HIGH_TAG) throw new Error(`no value of LDAP has the tag 0x${tag.toString(16)}`);
  if (first === undefined) return undefined;
  if (first < LONG_FORM) return { tag, from: 2, end: 2 + first };
  const count = first & ~LONG_FORM;
  if (count === 0 || count > MOST_LENGTH_BYTES) throw new Error('a length of BER that LDAP does not have');
  if (bytes.length < 2 + count) return undefined;
  const length = bytes.readUIntBE(2, count);
  if (length > MOST_BYTES) throw new Error(`a value of more than ${MOST_BYTES >> 20} MiB`);
  return { tag, from: 2 + count, end: 2 + count + length };
}

/** The values that the bytes consist of. Throws where they are no such. */
export function valuesIn(bytes: Buffer): readonly Ber[] {
  const values: Ber[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const head = headOf(rest);
    if (!head || head.end > rest.length) throw new Error('a value of BER that is cut off');
    values.push({ tag: head.tag, content: rest.subarray(head.from, head.end) });
    rest = rest.subarray(head.end);
  }
  return values;
}

/** A number of up to six bytes. Throws where it is another. */
export function numberIn({ content }: Ber): number {
  if (content.length === 0 || content.length > 6) throw new Error(`a number of ${content.length} bytes`);
  return content.readIntBE(0, content.length);
}

/** Cuts a stream into values. */
export class BerStream {
  private readonly pieces: Buffer[] = [];
  private length = 0;
  /** So many bytes are needed before there is anything to read. */
  private wanted = 2;

  /** What is whole with these bytes. Throws where something else comes: nothing is to be read after that. */
  take(data: Buffer): readonly Ber[] {
    this.pieces.push(data);
    this.length += data.length;
    if (this.length < this.wanted) return [];
    let bytes = Buffer.concat(this.pieces.splice(0));
    const values: Ber[] = [];
    let head = headOf(bytes);
    for (; head && head.end <= bytes.length; head = headOf(bytes)) {
      values.push({ tag: head.tag, content: bytes.subarray(head.from, head.end) });
      bytes = bytes.subarray(head.end);
    }
    this.pieces.push(bytes);
    this.length = bytes.length;
    this.wanted = head?.end ?? bytes.length + 1;
    return values;
  }
}
