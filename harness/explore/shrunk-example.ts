/** From a run that was found to break a claim to a counterexample: as it was found, and shrunk. */
import { inMacrotask } from '../clusters/simulation/macrotask.ts';
import { subjectOf } from '../setting/subject.ts';
import { version } from '../store/version.ts';
import type { Counterexample } from './counterexample-text.ts';
import { exampleOf } from './example.ts';
import { shrink } from './shrink.ts';
import type { Found } from './tasks.ts';
import { runNow } from './trial.ts';

const VERSIONS = { splitbrain: version, node: process.version };

/**
 * Shrinks a finding. Nothing where it does not show again, which a leak of time or chance in the system would explain.
 */
export async function counterexample(
  found: Omit<Found, 'trace' | 'steps' | 'operations'>,
  leastNodes = 2,
): Promise<Counterexample | undefined> {
  const subject = await subjectOf({ ...found.planned, workload: found.workload });
  const shrunk = await inMacrotask(() => shrink(subject, found.planned, found.anomaly, { leastNodes }));
  if (!shrunk) return undefined;
  const { trace } = await inMacrotask(() => runNow(subject, shrunk.planned));
  const { name, message, steps, operations } = shrunk.anomaly;
  const small = { ...found, anomaly: name, message, steps, operations, trace, planned: shrunk.planned };
  return exampleOf(found, small, { runs: shrunk.runs, minimal: shrunk.minimal }, VERSIONS);
}

/** A finding as it was found. */
export function unshrunk(found: Found): Counterexample {
  return exampleOf(found, found, { runs: 0, minimal: false }, VERSIONS);
}

/** How large a counterexample is, to be compared with others of its kind. */
export function sizeOf({ setting: { plan } }: Counterexample): number {
  return plan.calls.length + plan.faults.length + Object.keys(plan.links.odd).length / 10;
}
