/** Named pipes for lives, of which a thread keeps as many as it has lives at once, and some more. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { newTemporaryPath } from '../children/marks.ts';

/** A life's pipes are used again only after so many others: the one before may still be dying. */
const RESTING = 64;
/** So many are made at a time. */
const AT_ONCE = 16;
const NAMES = ['in', 'out', 'ctl', 'cmd'];

let folder: string | undefined;
let made = 0;
const fresh: string[] = [];
const used: string[] = [];

/** The beginning of the paths of four pipes that nobody uses: `.in`, `.out`, `.ctl` and `.cmd` follow. */
export function takePipes(): string {
  const rested = used.length > RESTING ? used.shift() : fresh.pop();
  if (rested !== undefined) return rested;
  const paths = Array.from({ length: AT_ONCE }, () => join(workFolder(), `p${made++}`));
  execFileSync(
    'mkfifo',
    paths.flatMap((path) => NAMES.map((name) => `${path}.${name}`)),
  );
  fresh.push(...paths);
  return fresh.pop()!;
}

export function givePipes(path: string): void {
  used.push(path);
}

/** This thread's folder for all that programs in virtual time need. It is removed when the process ends. */
export function workFolder(): string {
  if (folder === undefined) {
    const path = newTemporaryPath();
    mkdirSync(path, { recursive: true });
    folder = path;
    process.on('exit', () => rmSync(path, { recursive: true, force: true }));
  }
  return folder;
}
