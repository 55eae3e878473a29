/** LDAP version 3 (RFC 4511), as far as it is used: one request after the other, without retries or referrals. */
import type { Socket } from 'node:net';
import { type Ber, BerStream, ber, berNumber, berText, MOST_BYTES, numberIn, TAG, valuesIn } from './ber.ts';
import { Exchange } from './exchange.ts';
import { connected } from './socket.ts';

/** How long an address of this machine may take to answer at all. */
const CONNECT_MS = 1000;

const REQUEST = { bind: 0x60, search: 0x63, modify: 0x66, add: 0x68 } as const;
/** What ends a response begins with a result; others come before. */
const ENDS: ReadonlySet<number> = new Set([0x61, 0x65, 0x67, 0x69]);
const ENTRY = 0x64;
const SIMPLE_PASSWORD = 0x80;
const EQUALS = 0xa3;
const PRESENT = 0x87;

/** The server's own error, by the number of its result (RFC 4511, appendix A). */
export class LdapError extends Error {
  override readonly name = 'LdapError';
  readonly code: number;

  constructor(code: number, says: string) {
    super(`result ${code}${says === '' ? '' : `: ${says}`}`);
    this.code = code;
  }
}

/** An entry that was found: the values of each attribute, by its name as the server has it. */
export interface Entry {
  readonly name: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** Attributes with their values. */
type Attributes = Readonly<Record<string, readonly string[]>>;

export class Ldap {
  private readonly stream = new BerStream();
  private readonly exchange: Exchange<number>;
  /** What has been found so far, by the number of the search. */
  private readonly found = new Map<number, { readonly entries: Entry[]; bytes: number }>();
  private asked = 0;

  private constructor(socket: Socket) {
    this.exchange = new Exchange(socket, (data) => {
      for (const message of this.stream.take(data)) this.handle(message);
    });
  }

  /** Connects to a port of 127.0.0.1. Rejects with `Refused` where that cannot be done in time: nothing was asked. */
  static async open(port: number, timeoutMs: number = CONNECT_MS): Promise<Ldap> {
    return new Ldap(await connected(port, timeoutMs));
  }

  /** Logs in. This and all others reject as `Exchange.ask` does, with `LdapError` where the response is an error. */
  async bind(name: string, password: string): Promise<void> {
    await this.ask(REQUEST.bind, berNumber(3), berText(name), berText(password, SIMPLE_PASSWORD));
  }

  /** Of an entry, or of all right below it, those that have the attribute, with this value where one is given. */
  search(
    base: string,
    scope: 'itself' | 'below',
    [attribute, value]: readonly [attribute: string, value?: string],
    attributes: readonly string[],
  ): Promise<readonly Entry[]> {
    const filter = value === undefined ? berText(attribute, PRESENT) : ber(EQUALS, berText(attribute), berText(value));
    const noLimits = [berNumber(0), berNumber(0), ber(TAG.boolean, Buffer.from([0]))];
    return this.ask(
      REQUEST.search,
      berText(base),
      ...[berNumber(scope === 'itself' ? 0 : 1, TAG.enumerated), berNumber(0, TAG.enumerated), ...noLimits],
      ...[filter, ber(TAG.sequence, ...attributes.map((name) => berText(name)))],
    );
  }

  /** Adds values to attributes of an entry. */
  async addValues(name: string, attributes: Attributes): Promise<void> {
    const changes = listed(attributes).map((one) => ber(TAG.sequence, berNumber(0, TAG.enumerated), one));
    await this.ask(REQUEST.modify, berText(name), ber(TAG.sequence, ...changes));
  }

  async addEntry(name: string, attributes: Attributes): Promise<void> {
    await this.ask(REQUEST.add, berText(name), ber(TAG.sequence, ...listed(attributes)));
  }

  close(): void {
    this.exchange.close();
  }

  private ask(request: number, ...parts: readonly Buffer[]): Promise<readonly Entry[]> {
    const id = ++this.asked;
    return this.exchange.ask(id, ber(TAG.sequence, berNumber(id), ber(request, ...parts)));
  }

  private handle({ tag, content }: Ber): void {
    const [named, response] = valuesIn(content);
    if (tag !== TAG.sequence || named?.tag !== TAG.integer || !response) throw new Error('no message of LDAP');
    const id = numberIn(named);
    if (response.tag === ENTRY && this.exchange.awaits(id)) this.keep(id, response);
    if (ENDS.has(response.tag)) this.exchange.answer(id, () => this.endOf(id, response));
  }

  private keep(id: number, response: Ber): void {
    const found = this.found.get(id) ?? { entries: [], bytes: 0 };
    this.found.set(id, found);
    found.bytes += response.content.length;
    if (found.bytes > MOST_BYTES) throw new Error(`entries of more than ${MOST_BYTES >> 20} MiB`);
    found.entries.push(entryIn(response));
  }

  private endOf(id: number, { content }: Ber): readonly Entry[] | LdapError {
    const [code, , says] = valuesIn(content);
    if (code?.tag !== TAG.enumerated || !says) throw new Error('a response of LDAP without a result');
    const { entries = [] } = this.found.get(id) ?? {};
    this.found.delete(id);
    return numberIn(code) === 0 ? entries : new LdapError(numberIn(code), says.content.toString());
  }
}

/** Attributes as the elements of a list. */
function listed(attributes: Attributes): readonly Buffer[] {
  return Object.entries(attributes).map(([name, values]) =>
    ber(TAG.sequence, berText(name), ber(TAG.set, ...values.map((value) => berText(value)))),
  );
}

function entryIn({ content }: Ber): Entry {
  const [name, attributes] = valuesIn(content);
  if (!name || !attributes) throw new Error('an entry of LDAP without a name');
  const pairs = valuesIn(attributes.content).map((attribute) => {
    const [type, values] = valuesIn(attribute.content);
    if (!type || !values) throw new Error('an attribute of LDAP without values');
    return [type.content.toString(), valuesIn(values.content).map((value) => value.content.toString())] as const;
  });
  return { name: name.content.toString(), attributes: Object.fromEntries(pairs) };
}
