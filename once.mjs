// What is made of some files is made once: a mark beside it remembers what they were.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The SHA-256 of the names and the contents of these files, and of a text. */
export function hashOf(names, text = '') {
  const sum = createHash('sha256').update(text);
  for (const name of names) sum.update(name).update(readFileSync(name));
  return sum.digest('hex');
}

export function remembered(mark) {
  return existsSync(mark) ? readFileSync(mark, 'utf8') : undefined;
}

/** In a new file: a copy of the folder by hard links remembers what it had. */
export function remember(mark, hash) {
  mkdirSync(dirname(mark), { recursive: true });
  writeFileSync(`${mark}.new`, hash);
  renameSync(`${mark}.new`, mark);
}

/** Calls `make`, unless the mark says that it was done for this hash. */
export async function once(mark, hash, make) {
  if (remembered(mark) === hash) return;
  await make();
  remember(mark, hash);
}
