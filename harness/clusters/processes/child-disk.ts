/**
 * A node's disk as a file: one JSON line an entry, the last of a key counts. A write is
 * durable once it has been handed to the operating system; with `fsync`, once the device
 * has it. What comes in while a write is on its way goes together with the next one.
 */
import {
  appendFileSync,
  existsSync,
  fdatasync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { afterCrash, type Entry, type Medium } from '../../node/disk.ts';

interface Put {
  readonly key: string;
  readonly entry: Entry;
  readonly durable: () => void;
}

/**
 * Opens what earlier lives left, as the crash that ended the last of them left it. Throws when a line
 * before the last is broken. `failed` is told when the real disk fails, as when it is full: that is
 * this machine's doing, so no write settles any more and nothing may be held against the system.
 */
export function openDisk(file: string, fsync: boolean, failed: (error: Error) => void): Medium {
  const entries = existsSync(file) ? replayed(file) : new Map<string, Entry>();
  compact(file, entries, fsync);
  const log = openSync(file, 'a');
  let waiting: Put[] = [];
  let busy = false;

  function flush(): void {
    const group = waiting;
    waiting = [];
    const done = (error: Error | null) => {
      if (error) return failed(error);
      for (const put of group) {
        entries.set(put.key, put.entry);
        put.durable();
      }
      busy = waiting.length > 0;
      if (busy) setImmediate(flush);
    };
    try {
      // Into the operating system's memory: no slower than asking another thread to do it.
      appendFileSync(log, group.map(({ key, entry }) => lineOf(key, entry)).join(''));
    } catch (error) {
      done(error as Error);
      return;
    }
    if (fsync) fdatasync(log, done);
    else done(null);
  }

  return {
    get: (key) => entries.get(key),
    put(key, entry, durable) {
      waiting.push({ key, entry, durable });
      if (busy) return;
      busy = true;
      // The turn's other writes join this one.
      setImmediate(flush);
    },
  };
}

function lineOf(key: string, entry: Entry): string {
  return `${JSON.stringify([key, entry])}\n`;
}

function replayed(file: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const lines = readFileSync(file, 'utf8').split('\n');
  // What follows the last newline is a write that a crash cut short: it was never acknowledged.
  lines.pop();
  lines.forEach((line, i) => {
    try {
      const [key, entry] = JSON.parse(line) as [string, Entry];
      entries.set(key, entry);
    } catch {
      throw new Error(`${file} is broken in line ${i + 1}`);
    }
  });
  for (const [key, entry] of entries) {
    const left = afterCrash(entry);
    if (left) entries.set(key, left);
    else entries.delete(key);
  }
  return entries;
}

/** Writes the file anew with what counts, and puts it in the place of the old one at once. */
function compact(file: string, entries: ReadonlyMap<string, Entry>, fsync: boolean): void {
  const fresh = openSync(`${file}.new`, 'w');
  let lines = '';
  for (const [key, entry] of entries) {
    lines += lineOf(key, entry);
    if (lines.length < 1_000_000) continue;
    writeSync(fresh, lines);
    lines = '';
  }
  writeSync(fresh, lines);
  if (fsync) fsyncSync(fresh);
  renameSync(`${file}.new`, file);
}
