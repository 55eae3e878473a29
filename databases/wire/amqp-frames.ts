/**
 * Frames, methods and fields of AMQP 0-9-1 (https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, chapters 2.3 and
 * 4.2). What is read comes from others: no length is believed before as many bytes are there.
 */
import { ByteReader } from './byte-reader.ts';

/** What a server sent: a method, and the content that follows it where it has one. */
export interface Sent {
  /** `class.method`, such as `60.71`. */
  readonly method: string;
  readonly fields: FieldReader;
  readonly body: Buffer;
}

/** The server closed the channel or the connection. */
export class AmqpError extends Error {
  override readonly name = 'AmqpError';
}

const [METHOD, HEADER, BODY, HEARTBEAT] = [1, 2, 3, 8];
const FRAME_END = 0xce;
/** Type, channel and length. */
const HEAD = 7;
/** No frame and no content is longer: nobody here sends more than some numbers. */
const MOST_BYTES = 1 << 20;
/** Methods with content: what a queue gave, and what came back as nobody wanted it. */
const WITH_CONTENT: readonly string[] = ['60.71', '60.50'];
const CLOSES: readonly string[] = ['10.50', '20.40'];

export function octet(value: number): Buffer {
  return Buffer.from([value]);
}

export function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function long(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function longlong(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** A text of at most 255 bytes. */
export function shortText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([octet(bytes.length), bytes]);
}

export function longText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([long(bytes.length), bytes]);
}

/** A table whose values are all texts. */
export function table(entries: Readonly<Record<string, string>>): Buffer {
  const rows = Object.entries(entries).map(([name, value]) =>
    Buffer.concat([shortText(name), Buffer.from('S'), longText(value)]),
  );
  const bytes = Buffer.concat(rows);
  return Buffer.concat([long(bytes.length), bytes]);
}

function frame(type: number, channel: number, payload: Buffer): Buffer {
  return Buffer.concat([octet(type), short(channel), long(payload.length), payload, octet(FRAME_END)]);
}

/** A method's frame: `class.method` and its fields. */
export function method(channel: number, name: string, ...fields: readonly Buffer[]): Buffer {
  return frame(METHOD, channel, Buffer.concat([...name.split('.').map((part) => short(Number(part))), ...fields]));
}

/** The frames of a content that outlives its server. */
export function durableContent(channel: number, text: string): Buffer {
  const body = Buffer.from(text);
  const [isDelivery, durable] = [short(0x1000), octet(2)];
  const header = Buffer.concat([short(60), short(0), longlong(body.length), isDelivery, durable]);
  return Buffer.concat([frame(HEADER, channel, header), frame(BODY, channel, body)]);
}

/** Reads one field after the other. Each throws where what is left is no such field. */
export class FieldReader extends ByteReader {
  constructor(content: Buffer) {
    super(content, 'a method of AMQP');
  }

  octet(): number {
    return this.content.readUInt8(this.skip(1));
  }

  short(): number {
    return this.content.readUInt16BE(this.skip(2));
  }

  long(): number {
    return this.content.readUInt32BE(this.skip(4));
  }

  longlong(): bigint {
    return this.content.readBigUInt64BE(this.skip(8));
  }

  shortText(): string {
    const length = this.octet();
    const start = this.skip(length);
    return this.content.toString('utf8', start, start + length);
  }
}

/** What is first, with all of its content; nothing where it is not whole yet. Throws where it is no AMQP. */
export function parse(bytes: Buffer): { readonly value: Sent | Error; readonly end: number } | undefined {
  for (let at = 0; ; ) {
    const first = frameAt(bytes, at);
    if (!first) return undefined;
    at = first.end;
    if (first.type === HEARTBEAT) continue;
    if (first.type !== METHOD) throw new Error(`a frame of type ${first.type} belongs to no method`);
    const fields = new FieldReader(first.payload);
    const name = `${fields.short()}.${fields.short()}`;
    if (CLOSES.includes(name)) {
      const code = fields.short();
      return { value: new AmqpError(`${fields.shortText()} (${code})`), end: at };
    }
    if (!WITH_CONTENT.includes(name)) return { value: { method: name, fields, body: Buffer.alloc(0) }, end: at };
    const content = contentAt(bytes, at);
    if (!content) return undefined;
    // What came back is acknowledged besides.
    if (name === '60.50') at = content.end;
    else return { value: { method: name, fields, body: content.body }, end: content.end };
  }
}

function frameAt(bytes: Buffer, at: number) {
  if (bytes.length < at + HEAD) return undefined;
  const [type, length] = [bytes.readUInt8(at), bytes.readUInt32BE(at + 3)];
  if (![METHOD, HEADER, BODY, HEARTBEAT].includes(type) || length > MOST_BYTES)
    throw new Error(`no frame of AMQP is of type ${type} and has ${length} bytes`);
  const end = at + HEAD + length;
  if (bytes.length <= end) return undefined;
  if (bytes[end] !== FRAME_END) throw new Error('a frame of AMQP does not end as frames do');
  return { type, payload: bytes.subarray(at + HEAD, end), end: end + 1 };
}

function contentAt(bytes: Buffer, at: number): { readonly body: Buffer; readonly end: number } | undefined {
  const header = frameAt(bytes, at);
  if (!header) return undefined;
  const fields = new FieldReader(header.payload);
  if (header.type !== HEADER) throw new Error('no content follows where one must');
  fields.long();
  const size = Number(fields.longlong());
  if (size > MOST_BYTES) throw new Error(`no content has ${size} bytes`);
  const pieces: Buffer[] = [];
  let end = header.end;
  for (let left = size; left > 0; ) {
    const piece = frameAt(bytes, end);
    if (!piece) return undefined;
    if (piece.type !== BODY || piece.payload.length === 0 || piece.payload.length > left)
      throw new Error('a content is not as long as it says');
    pieces.push(piece.payload);
    left -= piece.payload.length;
    end = piece.end;
  }
  return { body: Buffer.concat(pieces), end };
}
