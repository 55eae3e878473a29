/** What the harness and the preloaded library say to each other: whole numbers of eight bytes. */
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';

/** A report: until when the program waits, in ns since its life began, and how much it wrote since the last. */
export interface Report {
  readonly until: number;
  readonly bytes: number;
}

/** What stands in the place of a time: see the head of shim.c. */
export const SAYS = { forever: -1, template: -2, ends: -3, noTemplate: -4, stuck: -5, full: -6 } as const;

const RECORD = Buffer.alloc(16);
const NUMBER = Buffer.alloc(8);

/** Reads a report; nothing where the program is gone. Blocks. */
export function reportFrom(file: number): Report | undefined {
  if (!fill(file, RECORD)) return undefined;
  return { until: Number(RECORD.readBigInt64LE(0)), bytes: Number(RECORD.readBigInt64LE(8)) };
}

/** Reads a number. Blocks. */
export function numberFrom(file: number): number | undefined {
  return fill(file, NUMBER) ? Number(NUMBER.readBigInt64LE(0)) : undefined;
}

/** Reads so many bytes that are there, or come at once. */
export function bytesFrom(file: number, count: number): Buffer {
  const bytes = Buffer.allocUnsafe(count);
  fill(file, bytes);
  return bytes;
}

/** Tells a program what time it is, in ns: since its life began, and of its wall clock. */
export function tellTime(file: number, nowNs: number, wallNs: number): void {
  RECORD.writeBigInt64LE(BigInt(nowNs), 0);
  RECORD.writeBigInt64LE(BigInt(wallNs), 8);
  writeSync(file, RECORD);
}

/** Asks a template for a life. */
export function askForLife(file: number, seed: number, path: string, folder: string): void {
  const texts = [path, folder].flatMap((text) => [numberBytes(Buffer.byteLength(text)), Buffer.from(text)]);
  writeSync(file, Buffer.concat([numberBytes(seed), ...texts]));
}

function numberBytes(number: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(number));
  return bytes;
}

function fill(file: number, buffer: Buffer): boolean {
  for (let at = 0; at < buffer.length; ) {
    const read = readSync(file, buffer, at, buffer.length - at, null);
    if (read === 0) return false;
    at += read;
  }
  return true;
}

const MOMENT = new Int32Array(new SharedArrayBuffer(4));
/** How long a program may take until it waits for the first time. */
const FIRST_MS = 10_000;

/**
 * The first report of a program that may die before it opened its end; nothing where it did, or none came in time.
 * From then on the end of the file is its death.
 */
export function firstReport(
  path: string,
  isAlive: () => boolean,
): { readonly report: Report; readonly ctl: number } | undefined {
  const looking = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    for (const fromMs = performance.now(); performance.now() - fromMs < FIRST_MS; ) {
      const read = attempt(looking);
      if (read) return { report: read, ctl: openSync(path, constants.O_RDONLY) };
      if (!isAlive()) return undefined;
      Atomics.wait(MOMENT, 0, 0, performance.now() - fromMs < 20 ? 0.1 : 2);
    }
    return undefined;
  } finally {
    closeSync(looking);
  }
}

/** A report is written at once, so that it is there whole or not at all. */
function attempt(file: number): Report | undefined {
  try {
    return readSync(file, RECORD, 0, RECORD.length, null) === RECORD.length
      ? { until: Number(RECORD.readBigInt64LE(0)), bytes: Number(RECORD.readBigInt64LE(8)) }
      : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
