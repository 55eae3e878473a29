/** The playground as it was bundled: a page with scripts beside it, or all in one file. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HarnessFailure } from '../harness/failure.ts';

const FOLDER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../dist/playground/site/' : '../playground/site/', import.meta.url),
);
const ROOT = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '../..', import.meta.url));

/** What to do where it is not built, which it is in every package. */
export const NOT_BUILT = `the playground is not built: run npm run build in ${ROOT}`;

function isPlaygroundBuilt(): boolean {
  return existsSync(join(FOLDER, 'index.html'));
}

/** A file of the bundled playground, by its name; nothing where there is none of that name. */
export function playgroundFile(name: string): string | undefined {
  const names = isPlaygroundBuilt() ? readdirSync(FOLDER) : [];
  return names.includes(name) ? readFileSync(join(FOLDER, name), 'utf8') : undefined;
}

/**
 * The page with everything inside that lies beside it otherwise: as text that is run when it is asked for. The page's
 * policy names each by its hash, so nothing else can run. Throws `HarnessFailure` where it is not built.
 */
export function playgroundInOneFile(): string {
  const page = playgroundFile('index.html');
  if (page === undefined) throw new HarnessFailure(NOT_BUILT);
  const scripts = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.js'))
    .map((name) => ({ name, text: asText(readFileSync(join(FOLDER, name), 'utf8')) }));
  const hashes = scripts.map(({ text }) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  const elements = scripts.map(({ name, text }) => `<script type="text/plain" id="beside ${name}">${text}</script>`);
  return page
    .replace("script-src 'self'", () => `script-src ${hashes.join(' ')}`)
    .replace('</head>', () => `${elements.join('\n')}\n</head>`);
}

/** A script that can stand within a page: nothing in it ends its element or begins a comment. */
function asText(script: string): string {
  return script.replaceAll(/<(?=\/script|!--|script)/gi, '\\x3c').replaceAll('\r', '\\r');
}
