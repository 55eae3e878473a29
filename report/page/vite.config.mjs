import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

/**
 * Adds the policy that keeps the page honest: no request leaves it, and no script or style runs but those
 * bundled here, which are named by their hashes. The server that serves the page widens `connect-src` to itself.
 */
function sealed() {
  return {
    name: 'sealed',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type === 'asset' && file.fileName === 'index.html') file.source = withPolicy(String(file.source));
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
    `script-src ${hashes('script')}`,
    `style-src ${hashes('style')}`,
    'img-src data:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
  return html.replace(/<meta charset="utf-8" \/>/, (charset) => `${charset}\n    ${meta}`);
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [viteSingleFile({ removeViteModuleLoader: true }), sealed()],
  build: {
    outDir: fileURLToPath(new URL('../../dist/report/page', import.meta.url)),
    emptyOutDir: false,
    modulePreload: false,
    target: 'es2022',
  },
});
