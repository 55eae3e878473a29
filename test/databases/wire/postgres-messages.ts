/** What a PostgreSQL server sends, as bytes. */

function message(kind: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(kind), length, body]);
}

export const AUTHENTICATED = message('R', Buffer.alloc(4));
export const READY = message('Z', Buffer.from('I'));

export function completed(tag: string): Buffer {
  return message('C', Buffer.from(`${tag}\0`));
}

/** An error of this SQLSTATE. */
export function errorOf(state: string): Buffer {
  return message('E', Buffer.from(`SERROR\0C${state}\0Mbroken\0\0`));
}

export function row(values: readonly (string | null)[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(values.length);
  const fields = values.map((value) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : Buffer.byteLength(value));
    return Buffer.concat([length, Buffer.from(value ?? '')]);
  });
  return message('D', Buffer.concat([count, ...fields]));
}
