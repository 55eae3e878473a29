/**
 * Which model implies which, for objects. `a: [b]` says that whatever satisfies a satisfies b.
 *
 * Definitions: Herlihy and Wing, "Linearizability", TOPLAS 1990; Lamport, "How to make a multiprocessor computer", IEEE ToC 1979;
 * Bouajjani, Enea, Guerraoui, Hamza, "On verifying causal consistency", POPL 2017; Terry et al., "Session guarantees", PDIS 1994. Neither
 * PRAM nor causal memory implies the session guarantees as they are judged here, with one order of all writes.
 */
export const edges: Readonly<Record<string, readonly string[]>> = {
  linearizable: ['sequential'],
  sequential: ['causal', 'CM'],
  causal: ['CC', 'read-your-writes', 'monotonic-reads', 'monotonic-writes', 'writes-follow-reads'],
  CM: ['CC', 'PRAM'],
  CC: [],
  PRAM: [],
  'read-your-writes': [],
  'monotonic-reads': [],
  'monotonic-writes': [],
  'writes-follow-reads': [],
};

/** All models that a model implies, itself included. */
export function implied(model: string, edges: Readonly<Record<string, readonly string[]>>): Set<string> {
  const found = new Set([model]);
  for (const one of found) for (const weaker of edges[one] ?? []) found.add(weaker);
  return found;
}
