/** The faults of a scenario as somebody changes them: from then on they are given, and no longer drawn. */
import type { Fault } from '../../harness/faults/fault.ts';
import { faultText } from '../../harness/faults/meanings.ts';
import type { Scenario } from '../engine/scenario.ts';
import type { Ran } from './session.ts';

/** The faults that are shown: those that are given, else those that were drawn for the last run. */
export function faultsOf({ given }: Scenario, ran: Ran | undefined): readonly Fault[] {
  return given.faults ?? ran?.made.planned.plan.faults ?? [];
}

export function withFaults({ setting, given }: Scenario, faults: readonly Fault[]): Scenario {
  return { setting, given: { ...given, faults } };
}

/** The seed draws them again, of these kinds. */
export function drawnFaults({ setting }: Scenario, names: readonly string[] = setting.faults): Scenario {
  return { setting: { ...setting, faults: names }, given: {} };
}

export function replaced(faults: readonly Fault[], fault: Fault): readonly Fault[] {
  return faults.map((one) => (one.id === fault.id ? fault : one));
}

/** The fault as it was planned, in words: `crash n2`. */
export function plannedText(fault: Fault): string {
  return faultText({ fault, began: 'indeterminate' });
}
