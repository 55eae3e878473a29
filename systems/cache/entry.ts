/** What `set` is given: a value, or one with the time, in ms, after which it must not be found any more. */
export interface Entry {
  readonly value: unknown;
  readonly ttlMs?: number;
}

/** The entry that the input of a `set` stands for. */
export function entryOf(input: unknown): Entry {
  if (typeof input !== 'object' || input === null || !('ttlMs' in input)) return { value: input };
  return input as Entry;
}
