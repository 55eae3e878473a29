import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';
import { sealed } from './sealed.mjs';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Of the modules the page takes what it needs; of the bundled package it would get nearly all.
  resolve: { alias: { 'elle-ts': fileURLToPath(new URL('../../checkers/index.ts', import.meta.url)) } },
  plugins: [viteSingleFile({ removeViteModuleLoader: true }), sealed()],
  build: {
    outDir: fileURLToPath(new URL('../../dist/report/page', import.meta.url)),
    emptyOutDir: false,
    modulePreload: false,
    target: 'es2022',
  },
});
