/** How wide text may be where there is no terminal, as in a build's log. */
const USUAL = 100;
const LEAST = 60;

/** How many columns a line on this stream may have. */
export function columnsOf({ columns }: { readonly columns?: number }): number {
  return Math.max(LEAST, columns || USUAL);
}
