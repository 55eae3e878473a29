/** Where our verdict on a published history is not the publisher's, and why. */
export interface Difference {
  readonly path: string;
  readonly model: string;
  readonly valid: boolean | 'unknown';
  readonly why: string;
  /** Steps that the test gives the search, where it would spend its whole budget without a verdict. */
  readonly budget?: number;
}

const SEARCH =
  '10,000 transactions that mostly write without reading: the order of the writes of many keys is open, and the search for one that is free of cycles is given up';

export const differences: readonly Difference[] = ['0.3', '0.5'].flatMap((reads) =>
  ['json.gz', 'bincode.gz'].map(
    (kind): Difference => ({
      path: `polysi/fig8_9_10/25_400_8_10000_${reads}_uniform/hist-00000.${kind}`,
      model: 'snapshot-isolation',
      valid: 'unknown',
      why: SEARCH,
      budget: 10_000,
    }),
  ),
);
