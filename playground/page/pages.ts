/** The pages that the one file has, by the part of the address after `#`. Links to them, as a frame shows them. */
export const PAGES: readonly (readonly [href: string, name: string])[] = [
  ['#play', 'Playground'],
  ['#tour', 'Tour'],
  ['#check', 'Check a history'],
];

type PageName = { readonly page: 'play' | 'check' } | { readonly page: 'tour'; readonly slide?: number };

/** What an address shows: whatever is not another page's is the playground's. */
export function pageOf(hash: string): PageName {
  if (hash === '#check') return { page: 'check' };
  const [, slide] = /^#tour(?:=(\d+))?$/.exec(hash) ?? [];
  if (!hash.startsWith('#tour')) return { page: 'play' };
  return { page: 'tour', ...(slide === undefined ? {} : { slide: Number(slide) }) };
}

/** Whether a link leads to another page and not to a part of the one that is shown. */
export function isPage(hash: string): boolean {
  return /^#(play|tour|check)(=|$)/.test(hash);
}
