import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';
import { designs } from './designs.mjs';
import { forPage } from './for-page.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8'));

/**
 * Adds the policy that keeps the page honest: no request leaves it, and no script runs but those bundled here and
 * those beside it. Workers are made of the text that is in the page, and inherit its policy.
 */
function sealed() {
  return {
    name: 'sealed',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type === 'asset' && file.fileName.endsWith('.html')) file.source = withPolicy(String(file.source));
        }
      },
    },
  };
}

function withPolicy(html) {
  const hashes = (tag) =>
    [...html.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([\\s\\S]*?)</${tag}>`, 'g'))]
      .filter((match) => match[1].trim() !== '')
      .map((match) => `'sha256-${createHash('sha256').update(match[1]).digest('base64')}'`)
      .join(' ');
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${hashes('script')}`,
    `style-src ${hashes('style')}`,
    'worker-src blob:',
    'img-src data:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
  return html.replace(/<meta charset="utf-8" \/>/, (charset) => `${charset}\n    ${meta}`);
}

export default defineConfig({
  root: here('page/'),
  define: { VERSION: JSON.stringify(version) },
  plugins: [designs(), viteSingleFile({ removeViteModuleLoader: true }), sealed()],
  worker: { format: 'iife', plugins: () => [forPage()] },
  build: {
    outDir: here('../dist/playground/site/'),
    emptyOutDir: true,
    modulePreload: false,
    target: 'es2022',
  },
});
