/**
 * Node's hook that loads modules in TypeScript: their types are blanked out, so that lines and
 * columns stay what they are in the file, and what is left is an ES module. Nothing is checked; what
 * is more than types, such as an enum, is an error that says so. It runs in a thread of Node's own.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

interface Loaded {
  readonly format: string;
  readonly source?: string | ArrayBuffer | Uint8Array;
  readonly shortCircuit?: boolean;
}

/** Loaded when the first module needs it: it is large. */
const swc = () => createRequire(import.meta.url)('@swc/wasm-typescript') as typeof import('@swc/wasm-typescript');

export function load<Context, Result>(
  url: string,
  context: Context,
  next: (url: string, context: Context) => Result,
): Result | Loaded {
  if (!/^file:.*\.m?ts$/.test(url)) return next(url, context);
  const file = fileURLToPath(url);
  try {
    const { code } = swc().transformSync(readFileSync(file, 'utf8'), {
      mode: 'strip-only',
      filename: file,
      module: true,
    });
    return { format: 'module', source: code, shortCircuit: true };
  } catch (error) {
    const { message } = (error ?? {}) as { readonly message?: unknown };
    throw new SyntaxError(typeof message === 'string' ? `${file}: ${message}` : String(error));
  }
}
