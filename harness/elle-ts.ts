/** `splitbrain/elle-ts`: the checkers' library as it comes with splitbrain, for modules of a user's own. */
export * from 'elle-ts';
