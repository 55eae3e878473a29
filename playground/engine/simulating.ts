/** The worker of the playground: simulates, judges, searches and shrinks, one question at a time. */
import { catalogue } from './catalogue.ts';
import { example, opened, shrunk } from './examples.ts';
import type { Asked, Asks, Searching, Told } from './messages.ts';
import { compared, made, searched } from './running.ts';

const page = globalThis as unknown as {
  onmessage: (event: { readonly data: Asked }) => void;
  postMessage(told: Told, transfer?: readonly Transferable[]): void;
};

type Answers = { readonly [K in keyof Asks]: (of: Asks[K]['of'], tell: (so: Searching) => void) => Asks[K]['gives'] };

const ANSWERS: Answers = {
  run: made,
  compare: compared,
  search: searched,
  shrink: shrunk,
  example,
  open: ({ text, file }) => opened(text, file),
};

/** Answers the page's questions. */
export function simulating(): void {
  // Each message is a macrotask of its own, in which simulated runs may begin.
  page.onmessage = ({ data: { id, ask, of } }) => {
    try {
      const answer = ANSWERS[ask] as (of: unknown, tell: (so: Searching) => void) => Asks[keyof Asks]['gives'];
      page.postMessage({ id, gives: answer(of, (so) => page.postMessage({ id, so })) });
    } catch (error) {
      page.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
    }
  };
  page.postMessage({ ready: catalogue() });
}
