/** The code that makes runs, as a few letters: works are done by workers with the same code alone. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What results follow from. */
const FOLDERS = ['dist/bundle', 'node_modules/elle-ts/dist/bundle'];

/** Twelve hexadecimal digits of the SHA-256 of the built code. Reads some megabytes. */
export function buildHash(): string {
  const here = fileURLToPath(import.meta.url);
  const isSource = here.endsWith('.ts');
  const root = join(dirname(here), isSource ? '../..' : '../../..');
  const hash = createHash('sha256');
  for (const name of FOLDERS) {
    const folder = join(root, name);
    for (const file of codeIn(folder)) hash.update(`${file.slice(folder.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 12);
}

function codeIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return codeIn(path);
    return entry.name.endsWith('.js') ? [path] : [];
  });
}
