import { createHash } from 'node:crypto';

/**
 * A plugin that gives pages the policy that keeps them honest: no request leaves them, and no script or style runs but
 * those bundled into them, which are named by their hashes, and what `more` allows besides, by directive.
 */
export function sealed(more = {}) {
  return {
    name: 'sealed',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const file of Object.values(bundle))
          if (file.type === 'asset' && file.fileName.endsWith('.html'))
            file.source = withPolicy(String(file.source), more);
      },
    },
  };
}

function withPolicy(html, more) {
  const hashes = (tag) =>
    [...html.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([\\s\\S]*?)</${tag}>`, 'g'))]
      .filter((match) => match[1].trim() !== '')
      .map((match) => hashOf(match[1]));
  const directives = {
    'default-src': ["'none'"],
    'script-src': hashes('script'),
    'style-src': hashes('style'),
    'img-src': ['data:'],
    'connect-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
  };
  for (const [name, sources] of Object.entries(more)) directives[name] = [...sources, ...(directives[name] ?? [])];
  const policy = Object.entries(directives).map(([name, sources]) => `${name} ${sources.join(' ')}`);
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}" />`;
  return html.replace(/<meta charset="utf-8" \/>/, (charset) => `${charset}\n    ${meta}`);
}

/** How a policy names a script or style by its text. */
export function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
