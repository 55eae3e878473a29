/**
 * Whether a last line that no newline ends may have been cut off inside the number at its end: one of these
 * values has a longer number that begins so, and 1 may be the beginning of 12. O(size of the values).
 */
export function mayBeCut(line: string, values: Iterable<unknown>): boolean {
  const [digits] = /-?\d+$/.exec(line) ?? [];
  if (digits === undefined) return false;
  for (const value of values) if (hasLonger(value, digits)) return true;
  return false;
}

function hasLonger(value: unknown, digits: string): boolean {
  if (Array.isArray(value)) return value.some((one) => hasLonger(one, digits));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).some((member) => hasLonger(member, digits));
  const text = String(value);
  return text.length > digits.length && text.startsWith(digits);
}
