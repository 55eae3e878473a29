/** What keys hold before anybody writes: one value for all, or a map of values by key. */

/**
 * The initial value of a key. In a map, keys are matched by name, since names
 * of JSON objects are texts: `"1"` is the key 1. What a map does not name is null.
 */
export function initialOf(initial: unknown, key: unknown): unknown {
  if (typeof initial !== 'object' || initial === null || Array.isArray(initial)) return initial ?? null;
  const name = typeof key === 'string' ? key : JSON.stringify(key);
  return Object.hasOwn(initial, name) ? (initial as Readonly<Record<string, unknown>>)[name] : null;
}
