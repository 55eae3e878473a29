/**
 * What the playground's pages know of the designs' files: the titles of their chapters, as the module
 * `splitbrain:chapters`, and their sources, as a script beside the page that is loaded when somebody asks for them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SYSTEMS = fileURLToPath(new URL('../systems/', import.meta.url));
const CHAPTERS = 'splitbrain:chapters';

/** `folder: 1. Synchronous replication`. */
function chapters() {
  const folders = readdirSync(SYSTEMS).filter((name) => existsSync(`${SYSTEMS}${name}/chapter.md`));
  const titles = folders.map((name) => {
    const [, title = name] = /^## (.+)$/m.exec(readFileSync(`${SYSTEMS}${name}/chapter.md`, 'utf8')) ?? [];
    return [name, title];
  });
  return Object.fromEntries(titles);
}

/** The designs' sources by path below `systems/`. */
export function sources() {
  const files = readdirSync(SYSTEMS, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  const designs = files.filter((path) => /^[^/]+\/[^/]+\.ts$/.test(path) && !path.startsWith('dist/')).sort();
  return Object.fromEntries(designs.map((path) => [path, readFileSync(`${SYSTEMS}${path}`, 'utf8')]));
}

/** The text of the script that brings the sources. */
export function sourcesScript() {
  return `globalThis.splitbrainSources = ${JSON.stringify(sources())};\n`;
}

export function designs() {
  return {
    name: 'splitbrain-designs',
    resolveId: (name) => (name === CHAPTERS ? `\0${CHAPTERS}` : undefined),
    load: (id) => (id === `\0${CHAPTERS}` ? `export const chapters = ${JSON.stringify(chapters())};` : undefined),
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'sources.js', source: sourcesScript() });
    },
  };
}
