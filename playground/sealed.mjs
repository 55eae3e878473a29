/** The policy of the playground's pages. */
import { createHash } from 'node:crypto';

/**
 * Adds the policy that keeps a page honest: no request leaves it, and no script runs but those bundled here, those
 * beside it, and the texts of `scripts`, which frames without an address run. Workers are made of the text that is in
 * the page; both inherit its policy.
 */
export function sealed(scripts = []) {
  return {
    name: 'sealed',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type === 'asset' && file.fileName.endsWith('.html'))
            file.source = withPolicy(String(file.source), scripts);
        }
      },
    },
  };
}

function withPolicy(html, scripts) {
  const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const hashes = (tag) =>
    [...html.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([\\s\\S]*?)</${tag}>`, 'g'))]
      .filter((match) => match[1].trim() !== '')
      .map((match) => hashOf(match[1]))
      .join(' ');
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${[hashes('script'), ...scripts.map(hashOf)].join(' ')}`,
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
