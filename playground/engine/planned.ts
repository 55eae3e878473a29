/** From a design and a setting to what is simulated. Throws `BadInput` for unknown names and impossible plans. */
import { canInject } from '../../harness/clusters/simulation/injectors.ts';
import type { Planned } from '../../harness/explore/trial.ts';
import { BadInput } from '../../harness/failure.ts';
import { possibleFaults } from '../../harness/faults/possible.ts';
import { problemsOfFault } from '../../harness/faults/problems.ts';
import { fits, judgingToo } from '../../harness/setting/fitting.ts';
import { plan, type Setting } from '../../harness/setting/plan.ts';
import { refuseUncallable } from '../../harness/setting/stored.ts';
import { unknownName } from '../../harness/setting/suggestions.ts';
import type { Design } from '../../systems/system.ts';
import { workloads } from '../../workloads/registry.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { Scenario } from './scenario.ts';

export interface DesignSubject {
  readonly system: Design;
  readonly workload: Workload;
}

/** This design, held to the setting's claims, and the setting's workload. */
export function subjectFor(design: Design, { workload: asked, claims }: Setting): DesignSubject {
  const system = claims ? { ...design, claims } : design;
  const workload = named('workload', asked, workloads);
  if (!fits(workload, system)) throw new BadInput(`${design.name} does not offer what the workload ${asked} calls`);
  return { system, workload: judgingToo(workload, system.claims) };
}

/** The setting with its plan: drawn as `splitbrain run` draws it, but for what is given. */
export function plannedOf({ setting, given }: Scenario, { system, workload }: DesignSubject): Planned {
  const { faults, nodes, callTimeoutMs, options } = setting;
  const scene = { nodes, callTimeoutMs, durationMs: options.durationMs, shortestMs: 1 };
  const { names, own } = possibleFaults(faults, scene, canInject);
  const { final, ...drawn } = plan(setting, workload, { names, own, claims: system.claims });
  // What is asked in the end goes with the calls: where these are given and it is not, it follows from them.
  const whole = { ...drawn, ...(final && !given.calls ? { final } : {}), ...given };
  for (const fault of given.faults ?? []) {
    const [problem] = problemsOfFault(fault, setting, canInject);
    if (problem !== undefined) throw new BadInput(`fault ${fault.id} (${fault.kind}): ${problem}`);
  }
  if (given.calls) refuseUncallable(whole, workload, 'plan');
  return { ...setting, plan: whole };
}

/** The one of this name. Throws `BadInput` where there is none. */
export function named<T extends { readonly name: string }>(kind: string, name: string, known: readonly T[]): T {
  const found = known.find((one) => one.name === name);
  if (found) return found;
  throw new BadInput(
    unknownName(
      kind,
      name,
      known.map((one) => one.name),
    ),
  );
}
