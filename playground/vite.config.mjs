import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';
import { designs } from './designs.mjs';
import { FRAME_SCRIPT } from './edit/frame.mjs';
import { editing } from './edit/script.mjs';
import { sealed } from './sealed.mjs';
import { tour } from './tour/plugin.mjs';
import { workers } from './workers.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8'));

const DEFINE = { VERSION: JSON.stringify(version) };

export default defineConfig({
  root: here('page/'),
  define: DEFINE,
  // From its sources, whether it is compiled or not.
  resolve: { alias: { 'elle-ts': here('../checkers/index.ts') } },
  plugins: [
    designs(),
    tour(),
    workers(DEFINE),
    editing(DEFINE),
    viteSingleFile({ removeViteModuleLoader: true }),
    sealed([FRAME_SCRIPT]),
  ],
  build: {
    outDir: here('../dist/playground/site/'),
    emptyOutDir: true,
    modulePreload: false,
    target: 'es2022',
  },
});
