import type { Model } from '../model.ts';

/** One key of a store of texts: `put` replaces the text, `append` adds to its end, `get` answers it. */
export type Text = {
  get(input: null): string;
  put(text: string): null;
  append(text: string): null;
};

/** The text's sequential specification: empty before the first write. */
export const text: Model<Text, string> = {
  name: 'text',
  init: '',
  step: {
    get: (state) => [state, state],
    put: (_, next) => [next, null],
    append: (state, more) => [state + more, null],
  },
  observes: ['get'],
  readOnly: (f, input) => f === 'get' || (f === 'append' && input === ''),
};
