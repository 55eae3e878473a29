import type { Verdict } from './checker.ts';

/** A hint of a model that its own step contradicts: no verdict can rest on such a model. */
export class WrongHint extends Error {
  override readonly name = 'WrongHint';
}

/** The verdict, or unknown where the model turned out to contradict its hints. */
export function unlessWrongHint(judge: () => Verdict): Verdict {
  try {
    return judge();
  } catch (error) {
    if (error instanceof WrongHint) return { type: 'unknown', reason: error.message };
    throw error;
  }
}
