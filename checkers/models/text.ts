import type { Model } from '../model.ts';

/** One key of a store of texts: `put` replaces the text, `append` adds to its end, `get` returns it. */
export type Text = {
  get(input: null): string | null;
  put(text: string): null;
  append(text: string): null;
};

/**
 * The text's sequential specification: nothing before the first
 * write, which some stores show as null and some as the empty text.
 */
export const text: Model<Text, string | null> = {
  name: 'text',
  init: null,
  step: {
    get: (state) => [state, state],
    put: (_, next) => [next, null],
    append: (state, more) => [more === '' ? state : (state ?? '') + more, null],
  },
  observes: ['get'],
  readOnly: (f, input) => f === 'get' || (f === 'append' && input === ''),
  same: (_, expected, observed) => expected === (observed ?? null) || (expected === null && observed === ''),
};
