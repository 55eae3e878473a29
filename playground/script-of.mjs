import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Bundles one file of the playground into a script, as text. */
export async function scriptOf(entry, plugins, define) {
  const file = fileURLToPath(new URL(entry, import.meta.url));
  const [{ output }] = await build({
    configFile: false,
    logLevel: 'error',
    define,
    plugins,
    build: { write: false, target: 'es2022', lib: { entry: file, formats: ['iife'], name: 'splitbrainScript' } },
  });
  return output[0].code;
}
