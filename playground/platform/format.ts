/** A line as a console writes it: texts as they are, all else as JSON. */
export function format(...values: readonly unknown[]): string {
  return values.map((value) => (typeof value === 'string' ? value : text(value))).join(' ');
}

function text(value: unknown): string {
  if (value instanceof Error) return value.stack ?? String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
