import { fileURLToPath } from 'node:url';

/** The compiled JavaScript of an entry point in this folder: children run that, also where the harness itself runs from source. */
export function compiled(entry: 'child' | 'watchdog'): string {
  const beside = import.meta.url.endsWith('.ts') ? '../../dist/harness/processes/' : './';
  return fileURLToPath(new URL(`${beside}${entry}.js`, import.meta.url));
}

/** No more than a child needs: what else is in the harness's environment would change from machine to machine, and can cost 50 ms a start. */
export function minimalEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '', TZ: 'UTC', LANG: 'C.UTF-8' };
}
