/** SCRAM-SHA-256 as its client, without channel binding (RFC 5802, RFC 7677). */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

/** `n,,`: no channel binding, and nobody else's identity. */
const HEADER = 'n,,';
/** More than this a server asks for only to keep its clients busy. */
const MOST_ITERATIONS = 10_000_000;

/** One login: `first`, then `final` of the server's first message, then `verify` of its last. */
export class ScramClient {
  isVerified = false;
  private readonly password: string;
  private readonly nonce: string;
  private readonly user: string;
  private signature: Buffer = Buffer.alloc(0);

  /** The nonce is random but in tests. PostgreSQL knows the user already, so that the name stays empty there. */
  constructor(password: string, { nonce = randomBytes(18).toString('base64'), user = '' } = {}) {
    // SASLprep, as far as it matters: compatible characters are one, and spaces are plain.
    this.password = password.replace(/[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g, ' ').normalize('NFKC');
    this.nonce = nonce;
    this.user = user;
  }

  /** The client's first message. */
  first(): string {
    return `${HEADER}${this.bare}`;
  }

  /** The client's last message. Throws where the server's first is none. */
  final(server: string): string {
    const { r: nonce = '', s: salt = '', i: iterations = '' } = fieldsOf(server);
    const count = Number(iterations);
    if (!nonce.startsWith(this.nonce) || nonce === this.nonce || !(count > 0 && count <= MOST_ITERATIONS))
      throw new Error('the server did not answer the login as SCRAM asks');
    const salted = pbkdf2Sync(this.password, Buffer.from(salt, 'base64'), count, 32, 'sha256');
    const clientKey = hmac(salted, 'Client Key');
    const unsigned = `c=${Buffer.from(HEADER).toString('base64')},r=${nonce}`;
    const signed = `${this.bare},${server},${unsigned}`;
    const mask = hmac(createHash('sha256').update(clientKey).digest(), signed);
    const proof = Buffer.from(clientKey.map((byte, at) => byte ^ mask[at]!));
    this.signature = hmac(hmac(salted, 'Server Key'), signed);
    return `${unsigned},p=${proof.toString('base64')}`;
  }

  /** Throws where the server's last message does not prove that it knows the password. */
  verify(server: string): void {
    const proof = Buffer.from(fieldsOf(server).v ?? '', 'base64');
    if (proof.length !== this.signature.length || !timingSafeEqual(proof, this.signature))
      throw new Error('the server did not prove that it knows the password');
    this.isVerified = true;
  }

  private get bare(): string {
    return `n=${this.user},r=${this.nonce}`;
  }
}

function fieldsOf(message: string): Readonly<Record<string, string>> {
  return Object.fromEntries(message.split(',').map((part) => [part[0] ?? '', part.slice(2)]));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
