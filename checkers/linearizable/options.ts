/** How to judge. */
export interface LinearizableOptions {
  /** What each object holds at first, instead of the model's `init`. */
  readonly initial?: unknown;
  /** The most steps of the model that the search may take for one object; default 200 million. */
  readonly maxSteps?: number;
  /** The most memory that the search may use for one object, in bytes; default 1.5 GB. */
  readonly maxBytes?: number;
  /**
   * How many configurations for each operation a first search depth first may visit, before anything else is tried; 0
   * for none, and 4 by default. The verdict does not depend on it, except by what is left of the budget.
   */
  readonly early?: number;
  /** Whether a valid verdict carries its proof, a `Linearization`. */
  readonly certificate?: boolean;
}
