/** Nobody mistypes a name into something as long as this. */
const LONGEST = 200;

/** The names most like a mistyped one, best first: within a third of its length in edits, or beginning with it. */
function nearest(name: string, names: readonly string[]): string[] {
  if (name.length > LONGEST) return [];
  const wanted = name.toLowerCase();
  return names
    .map((one) => ({ one, edits: one.toLowerCase().startsWith(wanted) ? 0 : edits(wanted, one.toLowerCase()) }))
    .filter(({ edits }) => edits <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ one }) => one);
}

/** A sentence for an unknown name: what it is not, and what may have been meant. */
export function unknownName(kind: string, name: string, names: readonly string[]): string {
  const likely = nearest(name, names);
  const others = names.length === 1 ? `there is only ${names[0]}` : `there are ${listOf(names, kind)}`;
  const hint = likely.length > 0 ? `did you mean ${likely.join(' or ')}?` : others;
  const shown = name.length > LONGEST ? `${name.slice(0, LONGEST)}...` : name;
  return `no ${kind} is called "${shown}": ${hint}`;
}

/** Which list has all of a kind. */
const LISTED: Readonly<Record<string, string>> = {
  system: 'systems',
  workload: 'workloads',
  datatype: 'datatypes',
  model: 'models',
  fault: 'faults',
};

/** More names than these say nothing to a reader. */
const MOST_NAMED = 20;

function listOf(names: readonly string[], kind: string): string {
  if (names.length <= MOST_NAMED) return names.join(', ');
  const shown = names.slice(0, 5);
  return `${shown.join(', ')} and ${names.length - shown.length} more: see splitbrain list ${LISTED[kind] ?? ''}`.trimEnd();
}

/** The distance of Damerau and Levenshtein, in which two neighbours that changed places are one edit. */
function edits(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (same ? 0 : 1)));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) next[j] = Math.min(next[j]!, before[j - 2]! + 1);
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
