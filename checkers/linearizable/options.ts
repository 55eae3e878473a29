/** How to judge. */
export interface LinearizableOptions {
  /** What each object holds at first, instead of the model's `init`. */
  readonly initial?: unknown;
  /** The most steps of the model that the search may take for one object; default 200 million. */
  readonly maxSteps?: number;
  /** The most memory that the search may use for one object, in bytes; default 1.5 GB. */
  readonly maxBytes?: number;
  /** Whether a valid verdict carries its proof, a `Linearization`. */
  readonly certificate?: boolean;
}
