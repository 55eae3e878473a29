import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root as seen from this file, whether it runs from source or compiled. */
const root = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../..' : '../../..', import.meta.url));

/** The tracked TypeScript and JavaScript files below a folder of the project, by path, with their text. */
export function sourcesOf(folder: string): readonly { readonly path: string; readonly text: string }[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--', folder], { cwd: root, encoding: 'utf8' }).split('\0');
  const paths = listed.filter((path) => /\.(ts|tsx|mjs)$/.test(path));
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}
