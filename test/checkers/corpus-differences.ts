/** Where our verdict on a case of the corpus is another than the one recorded there, and why. */
export const differences: Readonly<
  Record<string, { readonly ours: boolean | 'unknown' | 'refused'; readonly why: string }>
> = {};
