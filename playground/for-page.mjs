/**
 * The plugin of the build that makes the simulator run in a page: `async` code is lowered, and Node.js as the platform
 * of the simulation is replaced by the page. Whatever still asks for a module of Node.js fails the build.
 */
import { fileURLToPath } from 'node:url';
import { transformWithOxc } from 'vite';
import { lowered, PROMISES } from './lowering.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const promises = here('platform/promises.ts');
const own = here('platform/');
const platform = here('platform/platform.ts');
const nodePlatform = /[\\/]platform[\\/]node\.ts$/;

export function forPage() {
  return {
    name: 'splitbrain-for-page',
    enforce: 'pre',
    resolveId(name, importer) {
      if (name === PROMISES) return promises;
      if (name === 'elle-ts') return here('../checkers/index.ts');
      if (nodePlatform.test(name)) return platform;
      if (name.startsWith('node:')) throw new Error(`${importer} imports ${name}, which a page does not have`);
      return undefined;
    },
    async transform(code, id) {
      // The promises themselves are what may name the page's own.
      if (id.startsWith(own) || !/\.(ts|mjs|js)$/.test(id)) return undefined;
      const plain = id.endsWith('.ts') ? await transformWithOxc(code, id, { target: 'esnext' }) : { code, map: null };
      if (!/\b(async|await|Promise)\b/.test(plain.code)) return { code: plain.code, map: plain.map, moduleType: 'js' };
      return { code: lowered(plain.code, { filename: id }).code, map: null, moduleType: 'js' };
    },
  };
}
