import type { Surroundings } from '../../harness/checking/check-source.ts';
import { BadInput } from '../../harness/failure.ts';
import { isOwnModule } from '../../harness/setting/own-module.ts';

interface Memory {
  readonly usedJSHeapSize: number;
  readonly jsHeapSizeLimit: number;
}

/** A page has a history's files and nothing else: no run beside it, and no modules of the reader's own. */
export const surroundings: Surroundings = {
  async datatypeFor(type) {
    if (isOwnModule(type)) throw new BadInput('a datatype of your own is known to splitbrain check alone');
    return type;
  },
  runOf: async () => undefined,
  typeOfRun: async () => undefined,
  refuseFullMemory() {
    const { memory } = performance as { readonly memory?: Memory };
    if (memory && memory.usedJSHeapSize > 0.85 * memory.jsHeapSizeLimit)
      throw new Error(
        'the history takes more memory than a page may have: splitbrain check on the command line has more',
      );
  },
};
