/** Runs a counterexample again, exactly, and says whether it was the same run with the same anomaly. */

import { simulate } from '../clusters/simulation/simulate.ts';
import { HarnessFailure } from '../failure.ts';
import type { Run } from '../judging/result.ts';
import { identityText } from '../node/identity.ts';
import { subjectOf } from '../setting/subject.ts';
import type { Counterexample } from './counterexample-text.ts';
import { breaches, partsOf } from './trial.ts';

export interface Replayed {
  readonly run: Run;
  /** The expected anomaly occurred again. */
  readonly occurred: boolean;
  /** Every message had the same identity at the same time. */
  readonly same: boolean;
  /** What is different, in words; nothing where all is the same. */
  readonly says: string;
}

/**
 * Repeats the run; with a sink, hands on each line of its history.
 * Rejects with `BadInput` where its system or workload is not to be had.
 */
export async function replay(example: Counterexample, sink?: (line: string) => void): Promise<Replayed> {
  const { setting, anomaly } = example;
  const what = {
    ...partsOf(setting),
    ...(await subjectOf(setting)),
    journal: true,
    claimsOnly: false,
    ...(sink ? { sink } : {}),
  };
  const run = await simulate(what).catch((error: unknown) => {
    if (error instanceof HarnessFailure) throw new HarnessFailure(`the replay failed: ${error.message}`);
    throw error;
  });
  const found = breaches(run);
  const occurred = found.some(({ name }) => name === anomaly.name);
  const same = identityText(run.trace) === example.trace;
  return {
    run,
    occurred,
    same,
    says: difference(
      example,
      occurred,
      same,
      found.map(({ name }) => name),
    ),
  };
}

function difference(example: Counterexample, occurred: boolean, same: boolean, found: readonly string[]): string {
  if (occurred && same) return '';
  const { splitbrain, node } = example.versions;
  const origin = `It was found with splitbrain ${splitbrain} on Node.js ${node}.`;
  if (occurred)
    return `the anomaly ${example.anomaly.name} occurred, but the messages differ from those recorded. ${origin}`;
  const instead = found.length > 0 ? `${[...new Set(found)].join(', ')} occurred instead` : 'no anomaly occurred';
  return `${example.anomaly.name} did not occur: ${instead}; the messages ${same ? 'are the same' : 'differ from those recorded'}. ${origin}`;
}
