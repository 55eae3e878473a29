import { UsageError } from './exit.ts';

/** A whole number that an option takes. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`a whole number is needed, not "${text}"`);
  return Number(text);
}
