/** JSON values as EDN. */

/** Names that EDN has as keywords without quotes. */
const KEYWORD = /^[A-Za-z*!_?<>=][\w*!?<>=.+-]*$/;

/** `:read`, or a string where the name cannot be a keyword. */
export function keyword(name: string): string {
  return KEYWORD.test(name) ? `:${name}` : string(name);
}

/** A value of JSON: lists are vectors, names of members keywords where they can be. */
export function edn(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  if (typeof value === 'string') return string(value);
  if (Array.isArray(value)) return `[${value.map(edn).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const members = Object.entries(value).map(([name, member]) => `${keyword(name)} ${edn(member)}`);
  return `{${members.join(', ')}}`;
}

/** A transaction's parts, whose functions are keywords: `[[:append "x" 1] [:r "y" nil]]`. */
export function transaction(value: unknown): string {
  const isMop = (one: unknown): one is readonly unknown[] => Array.isArray(one) && typeof one[0] === 'string';
  if (!Array.isArray(value) || !value.every(isMop)) return edn(value);
  return `[${value.map(([f, ...rest]) => `[${[keyword(f as string), ...rest.map(edn)].join(' ')}]`).join(' ')}]`;
}

function string(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}
