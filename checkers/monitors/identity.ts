/**
 * What makes two JSON values the same value: a key for maps. Numbers, strings, booleans and null are their own;
 * lists and objects are their text with names in order, behind a character that no sane string begins with. O(size).
 */
export function identity(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? `\u0000${canonical(value)}` : value;
}

/** The value as JSON with names in order. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
