/**
 * How a command ends (design: one table for all commands). Over
 * several runs refuted outranks failed, failed unknown, unknown held.
 */
export const EXIT = { held: 0, refuted: 1, unknown: 2, usage: 254, failed: 255 } as const;

/** A mistake in the arguments: one line on stderr and exit code 254. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const RANKS: readonly number[] = [EXIT.held, EXIT.unknown, EXIT.failed, EXIT.usage, EXIT.refuted];

/** The exit code of several runs or histories together. */
export function worstExit(codes: readonly number[]): number {
  return codes.reduce<number>((worst, code) => (RANKS.indexOf(code) > RANKS.indexOf(worst) ? code : worst), EXIT.held);
}

/** The exit code of what has this one and could not be written whole, which is said here. */
export function codeWith(unwritten: readonly string[], code: number): number {
  for (const says of unwritten) process.stderr.write(`error: ${says}\n`);
  return unwritten.length > 0 ? worstExit([code, EXIT.failed]) : code;
}
