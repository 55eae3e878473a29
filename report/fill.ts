/** The page of a report as text, with what is put into it: nothing but data, on whatever platform it is made. */
import type { PageLink } from './page/data.ts';

/** What a page shows. Operations and messages are packed, as base64; empty where there are none. */
export interface Shown {
  readonly page: unknown;
  readonly links?: readonly PageLink[];
  readonly operations?: string;
  readonly messages?: string;
}

/**
 * The page as vite bundled it when the package was built, with four scripts of data to fill: nothing else is put
 * into it, and all that is put into it is data.
 */
export function filledIn(template: string, { page, links = [], operations = '', messages = '' }: Shown): string {
  const [beforePage, afterPage] = cut(template, 'page');
  const [beforeLinks, afterLinks] = cut(afterPage, LINKS);
  const [beforeOperations, afterOperations] = cut(afterLinks, 'operations');
  const [beforeMessages, afterMessages] = cut(afterOperations, 'messages');
  return [
    beforePage,
    escapedJson(page),
    beforeLinks,
    escapedJson(links),
    beforeOperations,
    operations,
    beforeMessages,
    messages,
    afterMessages,
  ].join('');
}

/** The same page with other links: what lies beside a report may come after it. */
export function relinked(html: string, links: readonly PageLink[]): string {
  const [before, after] = cut(html, LINKS);
  return `${before}${escapedJson(links)}${after.slice(after.indexOf('</script>'))}`;
}

const LINKS = 'links';

/** JSON that can stand inside a script element: no text in it can end the element or begin a comment. */
function escapedJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function cut(text: string, id: string): [before: string, after: string] {
  const mark = `<script type="text/plain" id="${id}">`;
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`the report's page has no place for its ${id}: build it again with npm run build`);
  return [text.slice(0, at + mark.length), text.slice(at + mark.length)];
}

/** The same page allowed to talk to the server that it came from, and to nobody else. */
export function connected(html: string, origins: readonly string[]): string {
  return html.replace("connect-src 'none'", `connect-src ${origins.join(' ')}`);
}
