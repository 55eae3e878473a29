/** One write with a value of its own, and whether it can be read: what conformance is tried with, for each datatype. */
import { randomInt } from 'node:crypto';
import { nameOf } from 'elle-ts';
import { Refused } from '../../../../systems/node.ts';
import type { System } from '../../../../systems/system.ts';
import { messageOf } from '../../../node/thrown.ts';
import type { Session } from '../../cluster.ts';

export interface Write {
  readonly key: string;
  readonly value: number;
}

interface Asked {
  readonly f: string;
  readonly input: unknown;
}

/** How a value is written and read. */
export interface Probe {
  write(write: Write): Asked;
  read(write: Write): Asked;
  has(output: unknown, value: number): boolean;
  /** Whether a read takes away what it shows. */
  readonly takes?: true;
}

const TRANSACTIONS: Probe = {
  write: ({ key, value }) => ({ f: 'txn', input: [['append', key, value]] }),
  read: ({ key }) => ({ f: 'txn', input: [['r', key, null]] }),
  has: (output, value) =>
    JSON.stringify((output as readonly (readonly unknown[])[])[0]?.[2] ?? []).includes(`${value}`),
};
const ELEMENTS: Probe = {
  write: ({ value }) => ({ f: 'add', input: value }),
  read: () => ({ f: 'read', input: null }),
  has: (output, value) => (output as readonly unknown[]).includes(value),
};

/** What the lock guards takes what has a grant and a token, whoever holds the lock. */
const GUARDED: Probe = {
  write: ({ value }) => ({ f: 'write', input: { grant: { session: 'conform' }, token: value, value, seen: null } }),
  read: ({ value }) => ({ f: 'use', input: { grant: { session: 'conform' }, token: value } }),
  has: (output, value) => (output as { readonly value: number | null }).value === value,
};

const PROBES: Readonly<Record<string, Probe>> = {
  register: {
    write: ({ value }) => ({ f: 'write', input: value }),
    read: () => ({ f: 'read', input: null }),
    has: (output, value) => output === value,
  },
  queue: {
    write: ({ value }) => ({ f: 'enqueue', input: value }),
    read: () => ({ f: 'dequeue', input: null }),
    has: (output, value) => output === value,
    takes: true,
  },
  'set-full': ELEMENTS,
  set: ELEMENTS,
  'list-append': TRANSACTIONS,
  transactions: TRANSACTIONS,
  'lease-lock': GUARDED,
};

/** The names of the datatypes whose databases can be tried. */
export const PROBED = Object.keys(PROBES);

/** The probe for what the system offers; nothing where there is none. */
export function probeFor({ datatype }: Pick<System, 'datatype'>): Probe | undefined {
  return PROBES[nameOf(datatype)];
}

let keys = 0;

/** A write that nobody else makes. */
export function newWrite(): Write {
  return { key: `conform-${++keys}`, value: randomInt(100_000_000, 1_000_000_000) };
}

/** What came of a call. */
export interface Outcome {
  readonly type: 'ok' | 'fail' | 'info';
  readonly output?: unknown;
  readonly why?: string;
  readonly ms: number;
}

/** Opens a session, makes a call, and closes it. */
export async function attempt(
  open: () => Promise<Session>,
  { f, input }: Asked,
  { key }: Write,
  timeoutMs: number,
): Promise<Outcome> {
  const beganMs = performance.now();
  const ended = (outcome: Omit<Outcome, 'ms'>) => ({ ...outcome, ms: Math.round(performance.now() - beganMs) });
  let session: Session;
  try {
    session = await open();
  } catch (error) {
    // Nothing was asked yet.
    return ended({ type: 'fail', why: messageOf(error) });
  }
  try {
    return ended({ type: 'ok', output: await session.call({ id: 0, f, key, input, timeoutMs }) });
  } catch (error) {
    return ended({ type: error instanceof Refused ? 'fail' : 'info', why: messageOf(error) });
  } finally {
    session.close();
  }
}

/** `fail (no primary answers)`. */
export function outcomeText({ type, why, ms }: Outcome): string {
  return `${type} after ${ms} ms${why === undefined ? '' : ` (${why.slice(0, 80)})`}`;
}
