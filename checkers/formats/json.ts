/**
 * JSON without silent loss. `JSON.parse` rounds whole numbers beyond 2^53, so that two different values become one and a verdict about
 * them is wrong; here such a number becomes the string of its digits, which is exact wherever values are only compared. A number too
 * large for a double is refused.
 */

/** Sixteen digits may be more than 2^53, and an exponent of three digits more than a double: only then is a closer look needed. */
const SUSPECT = /\d{16}|\d[eE]\+?\d{3}/;
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Parses a JSON text. Throws `SyntaxError` where it is none, or where a number is out of range. */
export function parseJson(text: string): unknown {
  return JSON.parse(SUSPECT.test(text) ? text.replace(TOKEN, keepExact) : text);
}

function keepExact(token: string): string {
  if (token.startsWith('"')) return token;
  const number = Number(token);
  if (!Number.isFinite(number)) throw new SyntaxError(`the number ${token} is out of range`);
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(number) ? `"${token}"` : token;
}

/** Whether two JSON values are the same. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return JSON.stringify(a) === JSON.stringify(b);
}
