import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';
import { reportPage } from './check/report-page.mjs';
import { forPage } from './for-page.mjs';
import { sealed } from './sealed.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The page that checks histories, in one file beside the playground's. */
export default defineConfig({
  root: here('check/'),
  // From its sources, of which the page takes what it needs.
  resolve: { alias: { 'elle-ts': here('../checkers/index.ts') } },
  plugins: [reportPage(), viteSingleFile({ removeViteModuleLoader: true }), sealed()],
  worker: { format: 'iife', plugins: () => [forPage()] },
  build: {
    outDir: here('../dist/playground/site/'),
    emptyOutDir: false,
    modulePreload: false,
    target: 'es2022',
    rolldownOptions: { input: here('check/check.html') },
  },
});
