/**
 * The remedy where a store held something before the history began: one value that was
 * read though nobody wrote it, and nothing else, and that before anything else of its key.
 */

/** What was read of one key without ever having been written. */
export interface Unexplained {
  /** The different values, as they were read. */
  readonly values: readonly unknown[];
  /**
   * Whether the first of these reads began before anything else on
   * the key had been read, or had been acknowledged as written.
   */
  readonly first: boolean;
}

/**
 * The end of a sentence about such a read: `; if 0 was there at first: --initial 0`,
 * or nothing where that would not explain all of them.
 */
export function initialHint({ values, first }: Unexplained): string {
  if (!first || values.length !== 1) return '';
  return `; if ${JSON.stringify(values[0])} is the initial value: --initial ${argument(values[0])}`;
}

/** The value as an argument on the command line, where whatever is not JSON is a string. */
function argument(value: unknown): string {
  if (typeof value === 'string' && /^[\w:.-]+$/.test(value) && !isJson(value)) return value;
  const json = JSON.stringify(value);
  return /^[\w.-]+$/.test(json) ? json : `'${json.replaceAll("'", "'\\''")}'`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return text === 'nil';
  }
}
