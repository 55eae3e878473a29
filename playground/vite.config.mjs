import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';
import { designs } from './designs.mjs';
import { forPage } from './for-page.mjs';
import { sealed } from './sealed.mjs';
import { tour } from './tour/plugin.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8'));

export default defineConfig({
  root: here('page/'),
  define: { VERSION: JSON.stringify(version) },
  // From its sources, whether it is compiled or not.
  resolve: { alias: { 'elle-ts': here('../checkers/index.ts') } },
  plugins: [designs(), tour(), viteSingleFile({ removeViteModuleLoader: true }), sealed()],
  worker: { format: 'iife', plugins: () => [forPage()] },
  build: {
    outDir: here('../dist/playground/site/'),
    emptyOutDir: true,
    modulePreload: false,
    target: 'es2022',
  },
});
