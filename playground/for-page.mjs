/**
 * The plugin of the build that makes the simulator run in a page: `async` code is lowered, Node.js as the platform
 * of the simulation is replaced by the page, and what simulates programs by what simulates designs alone. Whatever
 * still asks for a module of Node.js fails the build.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformWithOxc } from 'vite';
import { lowered } from './lowering.mjs';
import { PROMISES } from './promises-name.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const promises = here('platform/promises.ts');
const own = here('platform/');
const platform = here('platform/platform.ts');
const nodePlatform = /[\\/]platform[\\/]node\.ts$/;
const simulate = here('platform/simulate.ts');
const withPrograms = /[\\/]simulation[\\/]simulate\.ts$/;

export function forPage() {
  return {
    name: 'splitbrain-for-page',
    enforce: 'pre',
    resolveId(name, importer) {
      if (name === PROMISES) return promises;
      if (name === 'elle-ts') return here('../checkers/index.ts');
      if (nodePlatform.test(name)) return platform;
      if (withPrograms.test(name)) return simulate;
      if (name.startsWith('node:')) throw new Error(`${importer} imports ${name}, which a page does not have`);
      return undefined;
    },
    async transform(code, id) {
      // The promises themselves are what may name the page's own.
      if (id.startsWith(own) || !/\.(ts|mjs|js)$/.test(id)) return undefined;
      const plain = id.endsWith('.ts') ? await transformWithOxc(code, id, { target: 'esnext' }) : { code, map: null };
      if (!/\b(async|await|Promise)\b/.test(plain.code)) return { code: plain.code, map: plain.map, moduleType: 'js' };
      return { code: loweredOnce(plain.code, id), map: null, moduleType: 'js' };
    },
  };
}

/** What was lowered before lies in a cache, by its text and by all that lowers it: that takes most of the build. */
const cache = here('../node_modules/.cache/splitbrain-lowered/');
const lowering = ['lowering.mjs', '../package-lock.json'].map((name) => readFileSync(here(name)));

function loweredOnce(code, filename) {
  const sum = createHash('sha256');
  for (const part of [...lowering, code]) sum.update(part);
  const file = `${cache}${sum.digest('hex')}.js`;
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const made = lowered(code, { filename }).code;
    mkdirSync(cache, { recursive: true });
    writeFileSync(file, made);
    return made;
  }
}
