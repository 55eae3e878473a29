/** Where our verdict on a published history is not the publisher's, and why. */
export interface Difference {
  readonly path: string;
  readonly model: string;
  readonly valid: boolean | 'unknown';
  readonly why: string;
  /** Steps that the test gives the search, where it would spend its whole budget without a verdict. */
  readonly budget?: number;
}

/** None: they are all judged as published. */
export const differences: readonly Difference[] = [];
