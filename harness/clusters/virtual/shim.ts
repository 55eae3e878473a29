/** The library that is preloaded into programs: compiled at its first use, and kept for all later ones. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('./shim.c', import.meta.url));
/** What it includes. */
const PARTS = [SOURCE, fileURLToPath(new URL('./waits.c', import.meta.url))];
/** Seeds what has chance of its own in programs on Node.js. */
export const PRELOAD = fileURLToPath(new URL('./preload.cjs', import.meta.url));
const FLAGS = ['-O2', '-shared', '-fPIC'];
const LIBRARIES = ['-ldl', '-lpthread', '-lrt'];

/** The compiled library, or why there is none and what would help. */
export type Shim = { readonly path: string } | { readonly missing: string };

let known: Shim | undefined;

/** Compiles the library unless that was done before. */
export function shim(): Shim {
  known ??= made();
  return known;
}

function made(): Shim {
  if (process.platform !== 'linux') return { missing: 'virtual time of programs needs Linux with glibc' };
  const header = (process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined)?.header;
  if (!header?.glibcVersionRuntime)
    return { missing: 'virtual time of programs needs glibc, which this machine has not' };
  const hash = createHash('sha256').update(process.arch);
  for (const part of PARTS) hash.update(readFileSync(part));
  const sum = hash.digest('hex').slice(0, 16);
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'splitbrain');
  const path = join(folder, `virtual-time-${sum}.so`);
  if (existsSync(path)) return { path };
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    return { missing: `virtual time needs a place for its library: ${(error as Error).message}` };
  }
  return compiledTo(path);
}

function compiledTo(path: string): Shim {
  const part = `${path}.${process.pid}`;
  for (const compiler of [process.env.CC ?? 'cc', 'gcc', 'clang']) {
    const done = spawnSync(compiler, [...FLAGS, '-o', part, SOURCE, ...LIBRARIES], { encoding: 'utf8' });
    if (done.error) continue;
    if (done.status !== 0)
      return {
        missing: `virtual time needs a library that ${compiler} does not compile: ${done.stderr.slice(0, 300)}`,
      };
    renameSync(part, path);
    return { path };
  }
  return { missing: 'virtual time of programs needs a C compiler: install gcc or clang' };
}
