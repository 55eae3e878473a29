/**
 * Whether splitbrain and elle-ts are in the registry under these names. Until then nothing that is printed or written
 * fetches them by name, as the names may be anybody's; `npm run release -- --home URL` turns this to true.
 */
const isPublished: boolean = false;

/** What `npm install --save-dev` takes. */
export const INSTALLED_FROM = isPublished ? 'splitbrain' : 'PATH-OR-GIT-URL-OF-SPLITBRAIN';
