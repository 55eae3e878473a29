/** Loads a module of the user's own: JavaScript, or TypeScript, which Node.js 20 does not load by itself. */
import { existsSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { beat, doing, LOOK_MS, patienceMs } from '../doing.ts';
import { entry } from '../entry.ts';
import { BadInput, HarnessFailure } from '../failure.ts';

/**
 * Whether this thread loads TypeScript. Starting the hook takes
 * time: threads and children that need none do without it.
 */
let strips = false;

let moduleBegins: (() => void) | undefined;

/** Calls this whenever a module of the user's own is about to be loaded in this thread. */
export function whenModuleLoads(listener: () => void): void {
  moduleBegins = listener;
}

/**
 * What the module of this URL exports. Rejects with `BadInput` that says why it cannot be loaded, and what would help.
 */
export async function loadModule(url: string): Promise<Readonly<Record<string, unknown>>> {
  if (/\.[mc]?ts$/.test(url) && !strips) {
    strips = true;
    register(entry('strip-types'));
  }
  const { keepFenceUp } = await import('../clusters/simulation/fence.ts');
  keepFenceUp();
  moduleBegins?.();
  const done = doing(url);
  const ms = patienceMs();
  // While it waits for something this thread is not stuck.
  const waits = setInterval(beat, LOOK_MS);
  let late: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new HarnessFailure(`${url} was not loaded within ${ms / 1000} s (--patience)`)), ms);
  });
  try {
    return await Promise.race([import(url) as Promise<Record<string, unknown>>, patience]);
  } catch (error) {
    if (error instanceof HarnessFailure) throw error;
    throw new BadInput(`${url} cannot be loaded: ${reasonOf(error, url)}`);
  } finally {
    done();
    clearInterval(waits);
    clearTimeout(late);
  }
}

/** What Node.js says of an ES module that it reads as CommonJS. */
const ES_SYNTAX = /Unexpected token 'export'|Cannot use import statement outside a module|Cannot use 'import\.meta'/;

function reasonOf(error: unknown, url: string): string {
  const says = error instanceof Error ? error.message : String(error);
  if ((error as NodeJS.ErrnoException)?.code === 'ERR_MODULE_NOT_FOUND' && !existsSync(new URL(url)))
    return 'there is no such file';
  if (url.endsWith('.js') && error instanceof SyntaxError && ES_SYNTAX.test(says)) {
    const name = fileURLToPath(url).replace(/^.*[/\\]|\.js$/g, '');
    return `${says}. The nearest package.json says that .js files are CommonJS: name it ${name}.mjs, or say "type": "module" there`;
  }
  if (/Unknown file extension "\.m?ts"/.test(says))
    return `${says}. A module in TypeScript is loaded by TypeScript alone: name the first one .ts, too`;
  if (/Unknown file extension "\.cts"/.test(says)) return `${says}. Write it as an ES module, and name it .mts`;
  return says;
}
