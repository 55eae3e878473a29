/** Redis' protocol (https://redis.io/docs/latest/develop/reference/protocol-spec/, version 2), without retries. */
import { Connection } from './connection.ts';

/** What Redis returns. */
export type Reply = string | number | null | readonly Reply[];

/** The server's own error: the command was not executed. */
export class RespError extends Error {
  override readonly name = 'RespError';
}

export class Resp {
  private readonly connection: Connection<Reply>;

  private constructor(connection: Connection<Reply>) {
    this.connection = connection;
  }

  /** Connects to a port, of 127.0.0.1 where no host is named. Rejects with `Refused` where that takes too long. */
  static async open(port: number, timeoutMs?: number, host?: string): Promise<Resp> {
    return new Resp(await Connection.open(port, parse, timeoutMs, host));
  }

  get isClosed(): boolean {
    return this.connection.isClosed;
  }

  /** Sends a command. Rejects with `RespError` where the server refuses it, else as `Connection.ask` does. */
  ask(...words: readonly (string | number)[]): Promise<Reply> {
    const parts = words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`);
    return this.connection.ask(`*${words.length}\r\n${parts.join('')}`);
  }

  close(): void {
    this.connection.close();
  }
}

const END = '\r\n';

function parse(bytes: Buffer): { readonly value: Reply | Error; readonly end: number } | undefined {
  return parseAt(bytes, 0);
}

function parseAt(bytes: Buffer, at: number): { readonly value: Reply | Error; readonly end: number } | undefined {
  const newline = bytes.indexOf(END, at);
  if (newline < 0) return undefined;
  const text = bytes.toString('utf8', at + 1, newline);
  const end = newline + END.length;
  switch (String.fromCharCode(bytes[at]!)) {
    case '+':
      return { value: text, end };
    case '-':
      return { value: new RespError(text), end };
    case ':':
      return { value: Number(text), end };
    case '$':
      return bulkAt(bytes, end, Number(text));
    case '*':
      return arrayAt(bytes, end, Number(text));
    default:
      throw new Error(`no reply of Redis begins with ${JSON.stringify(text.slice(0, 20))}`);
  }
}

function bulkAt(bytes: Buffer, at: number, length: number) {
  if (length < 0) return { value: null, end: at };
  const end = at + length;
  return bytes.length < end + END.length
    ? undefined
    : { value: bytes.toString('utf8', at, end), end: end + END.length };
}

function arrayAt(bytes: Buffer, at: number, length: number) {
  if (length < 0) return { value: null, end: at };
  const items: Reply[] = [];
  let end = at;
  for (let i = 0; i < length; i++) {
    const item = parseAt(bytes, end);
    if (!item) return undefined;
    items.push(item.value instanceof Error ? item.value.message : item.value);
    end = item.end;
  }
  return { value: items, end };
}
