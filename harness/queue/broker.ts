/**
 * The connection to a queue: BullMQ on Redis or Valkey, which are loaded when they are asked for. The server holds
 * nothing that cannot be lost: what is done stands in the journal of whoever began the work, and what is outstanding
 * is put there again every few seconds.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import type * as Bullmq from 'bullmq';
import type { Redis } from 'ioredis';
import { BadInput } from '../failure.ts';
import { version } from '../store/version.ts';
import { buildHash } from './build-hash.ts';

export interface Broker {
  readonly redis: Redis;
  readonly bullmq: typeof Bullmq;
  /** The address without its password. */
  readonly shown: string;
  /** Of this version and this code: workers of others never see the work. */
  readonly queue: string;
  close(): Promise<void>;
}

/** Keys of works nobody asks about any more are gone after so long. */
export const FORGOTTEN_S = 7 * 24 * 3600;
/** No result is larger once it is unpacked: what is would only fill the memory. */
const LARGEST = 256 << 20;

/** What a piece of work is of: told once, and not with every piece. */
export interface Job {
  readonly work: string;
  readonly name: string;
  readonly task: unknown;
}

/** Where the server has what a work shares. */
export function keysOf(work: string) {
  const key = (name: string) => `splitbrain:{${work}}:${name}`;
  return { shared: key('shared'), results: key('results'), over: key('over'), refused: key('refused') };
}

export function packed(value: unknown): Buffer {
  return gzipSync(JSON.stringify(value), { level: 1 });
}

/** Throws where it is none of ours, or far too large. */
export function unpacked<T>(bytes: Buffer): T {
  return JSON.parse(gunzipSync(bytes, { maxOutputLength: LARGEST }).toString('utf8')) as T;
}

/**
 * Connects. With `waits` a server that is not there is waited for. Rejects with `BadInput` where the packages are
 * missing, the address is none, or the server does not answer.
 */
export async function brokerAt(address: string, { waits = false, note = (_: string) => {} } = {}): Promise<Broker> {
  const { bullmq, ioredis } = await loaded();
  const shown = shownAddress(address);
  const redis = new ioredis.Redis(address, {
    maxRetriesPerRequest: null,
    lazyConnect: true,
    retryStrategy: (times) => Math.min(1_000, 50 * times),
  });
  let isLost = false;
  redis.on('error', ({ message }: Error) => {
    if (isLost || !waits) return;
    isLost = true;
    note(`waiting for ${shown}: ${message || 'it cannot be reached'}`);
  });
  redis.on('ready', () => {
    if (isLost) note(`connected to ${shown}`);
    isLost = false;
  });
  if (waits) redis.connect().catch(() => {});
  else await connected(redis, shown);
  return {
    ...{ redis, bullmq, shown, queue: `splitbrain-${version}-${buildHash()}` },
    close: async () => redis.disconnect(),
  };
}

async function loaded() {
  try {
    const [bullmq, ioredis] = [await import('bullmq'), await import('ioredis')];
    return { bullmq, ioredis };
  } catch {
    throw new BadInput('--queue needs two packages that are not installed: npm install bullmq ioredis');
  }
}

function shownAddress(address: string): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new BadInput('--queue needs an address like redis://host:6379');
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:')
    throw new BadInput(`--queue needs an address like redis://host:6379, not one of ${url.protocol}`);
  return `${url.protocol}//${url.host}`;
}

async function connected(redis: Redis, shown: string): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    redis.once('error', ({ message, code }: Error & { code?: string }) =>
      reject(new BadInput(`cannot connect to ${shown}: ${message || code}`)),
    );
  });
  try {
    await Promise.race([redis.connect(), failed]);
    await warnOfEviction(redis);
  } catch (error) {
    redis.disconnect();
    if (error instanceof BadInput) throw error;
    throw new BadInput(`cannot connect to ${shown}: ${(error as Error).message}`);
  }
}

/** A server that may throw keys away would lose pieces again and again. */
async function warnOfEviction(redis: Redis): Promise<void> {
  const [, policy = 'noeviction'] = ((await redis.config('GET', 'maxmemory-policy').catch(() => [])) as string[]) ?? [];
  if (policy !== 'noeviction')
    process.emitWarning(`the server drops keys when it is full (maxmemory-policy ${policy}): set it to noeviction`);
}
