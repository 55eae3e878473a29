/** The library that is preloaded into programs: compiled at its first use, and kept for all later ones. */
import { fileURLToPath } from 'node:url';
import { type Built, built } from '../children/compiling.ts';

const SOURCE = fileURLToPath(new URL('./shim.c', import.meta.url));
/** What it includes. */
const PARTS = [SOURCE, fileURLToPath(new URL('./waits.c', import.meta.url))] as const;
/** Seeds what has chance of its own in programs on Node.js. */
export const PRELOAD = fileURLToPath(new URL('./preload.cjs', import.meta.url));
const FLAGS = ['-O2', '-shared', '-fPIC'];
const LIBRARIES = ['-ldl', '-lpthread', '-lrt'];

let known: Built | undefined;

/** Compiles the library unless that was done before: where it is, or why there is none and what would help. */
export function shim(): Built {
  known ??= made();
  return known;
}

function made(): Built {
  if (process.platform !== 'linux') return { missing: 'virtual time of programs needs Linux with glibc' };
  const header = (process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined)?.header;
  if (!header?.glibcVersionRuntime)
    return { missing: 'virtual time of programs needs glibc, which this machine has not' };
  return built({
    ...{ what: 'virtual time of programs', name: 'virtual-time', extension: '.so', parts: PARTS },
    ...{ flags: FLAGS, libraries: LIBRARIES },
  });
}
