/** Which file has which design, and what it is called there. */
import { fileURLToPath, pathToFileURL } from 'node:url';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const load = (path) => import(pathToFileURL(`${DIST}${path.replace(/\.ts$/, '.js')}`).href);

/** Of each design the path of its file, and what it is there: an export, or the one of this name in one. */
export async function whereDesignsAre(paths) {
  const { systems } = await load('systems/registry.ts');
  const places = new Map();
  for (const path of paths.filter((one) => one.startsWith('systems/')))
    for (const [name, value] of Object.entries(await load(path)))
      for (const one of systems.filter(
        (system) => system === value || (Array.isArray(value) && value.includes(system)),
      ))
        if (one === value) places.set(one, { path, is: name });
        else if (!places.has(one)) places.set(one, { path, is: `${name}.find(({ name }) => name === '${one.name}')` });
  const missing = systems.filter((one) => !places.has(one));
  if (missing.length > 0) throw new Error(`no file exports ${missing.map(({ name }) => name).join(', ')}`);
  return Object.fromEntries(systems.map((one) => [one.name, places.get(one)]));
}
