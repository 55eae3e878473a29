/** A counterexample of a run that breaks a claim: what stands in its file. */
import { counted } from 'elle-ts';
import { identityText } from '../node/identity.ts';
import type { Counterexample } from './counterexample-text.ts';
import type { Found } from './tasks.ts';

/** `small` is what the run was shrunk to `by` so many runs, or the run itself. */
export function exampleOf(
  { seed, planned }: Pick<Found, 'seed' | 'planned'>,
  { system, anomaly, message, steps, operations, trace, planned: setting }: Omit<Found, 'workload' | 'seed'>,
  by: Pick<Counterexample['shrunk'], 'runs' | 'minimal'>,
  versions: Counterexample['versions'],
): Counterexample {
  const { calls, faults } = setting.plan;
  return {
    splitbrain: 1,
    says: `${system}: ${message} (${counted(calls.length, 'call')}, ${counted(faults.length, 'fault')})`,
    anomaly: { name: anomaly, message, steps, operations },
    setting,
    trace: identityText(trace),
    versions,
    shrunk: { seed, calls: planned.plan.calls.length, faults: planned.plan.faults.length, ...by },
  };
}
