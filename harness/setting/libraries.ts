/**
 * Designs that are built on libraries which applications use: `yjs/text`, `automerge/map`. They stand in a package of
 * their own beside this one, so that nobody installs the libraries who does not test them.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Design } from '../../systems/system.ts';
import { BadInput } from '../failure.ts';
import { countedChance } from '../node/ambient.ts';
import { loadModule } from './load-module.ts';

/** The first parts of their names. */
const LIBRARIES: readonly string[] = ['yjs', 'automerge', 'loro', 'tinybase', 'pouchdb'];

/** Where they stand: beside the compiled code's folder. */
const FOLDER = new URL(import.meta.url.endsWith('.ts') ? '../../libraries/' : '../../../libraries/', import.meta.url);

/** Whether a name is that of a design of a library. */
export function isLibraryDesign(name: string): boolean {
  const slash = name.indexOf('/');
  return slash > 0 && LIBRARIES.includes(name.slice(0, slash));
}

let loaded: Promise<readonly Design[]> | undefined;

/** All designs of libraries. Rejects with `BadInput` where the libraries are not installed, with the remedy. */
export function libraryDesigns(): Promise<readonly Design[]> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<readonly Design[]> {
  if (!existsSync(new URL('node_modules/', FOLDER)))
    throw new BadInput(
      `${LIBRARIES.join(', ')} are not installed: npm run libraries, in ${fileURLToPath(new URL('..', FOLDER))}`,
    );
  const { loadedWith } = await import('../clusters/simulation/fenced-globals.ts');
  const module = await loadedWith(BEFORE_ANY_RUN, () => loadModule(new URL('designs.ts', FOLDER).href));
  return module.designs as readonly Design[];
}

/** What a library draws while it is being loaded is the same in every thread. */
const BEFORE_ANY_RUN = { now: () => 0, elapsed: () => 0, random: countedChance(1), after: () => () => {} };
