/** The pages that the one file has, by the part of the address after `#`. */

/** The page that checks histories is a file beside this one, and not in the one-file form. */
const CHECK = typeof document === 'object' && document.getElementById('beside sources.js') === null;

/** Links to the pages, as a frame shows them. */
export const PAGES: readonly (readonly [href: string, name: string])[] = [
  ['#play', 'Playground'],
  ['#tour', 'Tour'],
  ...(CHECK ? ([['./check.html', 'Check a history']] as const) : []),
];

type PageName = { readonly page: 'play' } | { readonly page: 'tour'; readonly slide?: number };

/** What an address shows: whatever is not another page's is the playground's. */
export function pageOf(hash: string): PageName {
  const [, slide] = /^#tour(?:=(\d+))?$/.exec(hash) ?? [];
  if (!hash.startsWith('#tour')) return { page: 'play' };
  return { page: 'tour', ...(slide === undefined ? {} : { slide: Number(slide) }) };
}

/** Whether a link leads to another page and not to a part of the one that is shown. */
export function isPage(hash: string): boolean {
  return /^#(play|tour)(=|$)/.test(hash);
}
