/** Files on disk, and standard input. */
import { open, stat } from 'node:fs/promises';
import { InputFile } from '../../harness/checking/input-file.ts';
import { gunzipped } from './gunzip.ts';

const CHUNK = 1 << 18;
/** How long it takes until somebody who waits is told for what, in milliseconds. */
const PATIENCE = 1000;

/** A file on disk, or a named pipe, which has its bytes once. */
export async function fileOnDisk(path: string, expansion: number): Promise<InputFile> {
  const once = !(await stat(path)).isFile();
  return new InputFile(path, () => diskBytes(path, once), { gunzip: gunzipped, expansion, once });
}

export function standardInput(expansion: number): InputFile {
  if (process.stdin.isTTY) process.stderr.write('waiting for a history on standard input\n');
  const bytes = () => process.stdin as AsyncIterable<Buffer>;
  return new InputFile('standard input', bytes, { gunzip: gunzipped, expansion, once: true });
}

async function* diskBytes(path: string, mayWait: boolean): AsyncGenerator<Buffer> {
  // Opening a pipe ends when somebody opens its other end.
  const told = mayWait ? setTimeout(() => sayWaiting(path), PATIENCE) : undefined;
  const file = await open(path, 'r');
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafe(CHUNK);
      const { bytesRead } = await file.read(buffer);
      clearTimeout(told);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    clearTimeout(told);
    await file.close();
  }
}

function sayWaiting(path: string): void {
  process.stderr.write(`waiting for a program that writes to ${path}, which is a pipe\n`);
}
