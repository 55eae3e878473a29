/**
 * The harness could not do its work, or a system broke its contract with it: an error with exit code 255, never a verdict. The message
 * says what was wrong, where, and what to do.
 */
export class HarnessFailure extends Error {
  override readonly name = 'HarnessFailure';
}

/** An argument, file or name that cannot be: exit code 254. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}
