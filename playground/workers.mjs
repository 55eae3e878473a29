import { forPage } from './for-page.mjs';
import { scriptOf } from './script-of.mjs';

/** What would end an element of a script, or begin a comment in it. */
const ENDS = /<(?=\/script|!--|script)/i;

/** The plugin of the build that puts the workers' text into the page, as an element that does not run. */
export function workers(define) {
  return {
    name: 'splitbrain-workers',
    async transformIndexHtml() {
      const children = await scriptOf('worker.ts', [forPage()], define);
      if (ENDS.test(children)) throw new Error(`the text of the workers cannot stand in a page: it has ${ENDS}`);
      return [{ tag: 'script', attrs: { type: 'text/plain', id: 'worker' }, children, injectTo: 'body' }];
    },
  };
}
