/** What lowered code imports: the promises, by a name that is resolved by who loads the code. */
export const PROMISES = 'splitbrain:promises';
