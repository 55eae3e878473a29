/** Numbers and names within sentences. */

/** `1 removal`, `2,000 removals`. */
export function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? thing : things}`;
}

/** The name with its article: `an eio`, `a crash`. */
export function withArticle(name: string): string {
  return `${/^[aeio]|^u(?!n?i|s)/i.test(name) ? 'an' : 'a'} ${name}`;
}
