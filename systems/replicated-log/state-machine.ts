/**
 * What a replicated log drives: commands that every node applies
 * in the same order, and questions about what came of them.
 */
export interface StateMachine<Command = unknown, Query = unknown> {
  /**
   * Applies a command and returns its answer, which is JSON. It must hang on nothing but the commands before
   * it: no clock, no chance. What it throws as `Refused` is an answer, too; it must have changed nothing then.
   */
  apply(command: Command): unknown;
  /** Returns the response to a question, JSON, and changes nothing. */
  query(query: Query): unknown;
  /** All of it as JSON, as a copy that later commands leave as it is. */
  save(): unknown;
  /** Becomes what `save` once returned, here or at another node. */
  restore(saved: unknown): void;
}
