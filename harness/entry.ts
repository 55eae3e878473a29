/** Programs of ours that threads and processes run. */
const FOLDER = new URL(import.meta.url.endsWith('.ts') ? '../dist/bundle/' : '../bundle/', import.meta.url);

/** What bundle.mjs makes of the module that it names so. */
export type Entry =
  | 'campaign-worker'
  | 'check-worker'
  | 'child'
  | 'lab'
  | 'search-worker'
  | 'strip-types'
  | 'watchdog'
  | 'watcher';

/** The built file of a program: threads and processes run that, also where the harness itself runs from source. */
export function entry(name: Entry): URL {
  return new URL(`${name}.js`, FOLDER);
}
