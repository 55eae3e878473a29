/** What a search learns, and what that rests on. */

/** At least one of the literals is true. `from` are clauses that it was made of, `cycle` a contradiction of its own. */
export interface Clause {
  readonly literals: number[];
  readonly cycle: Conflict | null;
  readonly from: readonly Clause[];
  /** Choices that were decided for good, and so are not among the literals. */
  readonly decided: readonly number[];
}

/** Literals that cannot all be true; the nodes, and the edges of the problem by number, of the cycle that shows it. */
export interface Conflict {
  readonly literals: readonly number[];
  readonly nodes: readonly number[];
  readonly arcs: readonly number[];
}

/** That not all literals of a conflict are true. */
export function clauseOf(conflict: Conflict): Clause {
  return { literals: conflict.literals.map((literal) => literal ^ 1), cycle: conflict, from: [], decided: [] };
}

/** The nodes and edges on which a contradiction rests; `reasonOf` tells why a choice was decided for good. */
export function proofOf(
  end: Clause,
  reasonOf: (choice: number) => Clause | null,
): { readonly nodes: Set<number>; readonly arcs: Set<number> } {
  const nodes = new Set<number>();
  const arcs = new Set<number>();
  const choices = new Set<number>();
  const clauses = new Set([end]);
  // A choice that was decided for good rests on its reason, and so on all else that the reason has decided.
  const decide = (choice: number): void => {
    const reason = choices.has(choice) ? null : reasonOf(choice);
    choices.add(choice);
    if (reason) clauses.add({ ...reason, decided: [...reason.decided, ...reason.literals.map((one) => one >> 1)] });
  };
  for (const { cycle, from, decided } of clauses) {
    for (const node of cycle?.nodes ?? []) nodes.add(node);
    for (const arc of cycle?.arcs ?? []) arcs.add(arc);
    for (const clause of from) clauses.add(clause);
    for (const choice of decided) decide(choice);
  }
  return { nodes, arcs };
}
