/** The policy of the playground's pages. */
import { hashOf, sealed as sealedWith } from '../report/page/sealed.mjs';

/**
 * The policy of reports, but for scripts beside the page, the texts of `scripts`, which frames without an address run,
 * and workers: those are made of the text that is in the page, and inherit its policy, as such frames do.
 */
export function sealed(scripts = []) {
  return sealedWith({ 'script-src': ["'self'", ...scripts.map(hashOf)], 'worker-src': ['blob:'] });
}
