/** What each model implies, directly: a history that obeys the left one obeys those on the right. */
const IMPLIES: Readonly<Record<string, readonly string[]>> = {
  'strict-serializable': ['serializable', 'linearizable', 'snapshot-isolation'],
  serializable: ['snapshot-isolation', 'repeatable-read'],
  'snapshot-isolation': ['read-atomic'],
  'repeatable-read': ['read-committed'],
  'read-atomic': ['read-committed'],
  'read-committed': ['read-uncommitted'],
  linearizable: ['sequential', 'regular', 'staleness'],
  sequential: ['causal'],
  causal: ['pram', 'writes-follow-reads'],
  pram: ['monotonic-reads', 'monotonic-writes', 'read-your-writes'],
};

/** The models among these that no other of them implies. */
export function strongestOf(held: readonly string[]): string[] {
  return held.filter((model) => !held.some((other) => other !== model && implied(other).has(model)));
}

function implied(model: string): Set<string> {
  const seen = new Set<string>();
  const open = [...(IMPLIES[model] ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(IMPLIES[next] ?? []));
  }
  return seen;
}
