/** A sentence for a name that does not exist, with those that come nearest to it. */
export function noSuch(what: string, given: string, known: readonly string[], where = ''): string {
  const near = known
    .map((name) => [distance(given, name), name] as const)
    .filter(([away, name]) => away <= Math.max(2, name.length / 3) || name.includes(given))
    .sort(([a], [b]) => a - b)
    .slice(0, 3)
    .map(([, name]) => name);
  const place = where === '' ? '' : ` in ${where}`;
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there is ${known.join(', ')}`;
  return `there is no ${what} ${given}${place}; ${hint}`;
}

/** How many letters must be put in, taken out or changed to make the one out of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
