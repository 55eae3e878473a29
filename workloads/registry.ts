/** Every workload that comes with splitbrain, by name. A new one is a file and a line here. */
import { causalRegisterWorkload } from './causal-register.ts';
import { registerWorkload } from './register.ts';
import { removalsWorkload } from './removals.ts';
import { sharedSetWorkload } from './shared-set.ts';
import { siblingsWorkload } from './siblings.ts';
import type { Workload } from './workload.ts';

export const workloads: readonly Workload[] = [
  registerWorkload,
  causalRegisterWorkload,
  removalsWorkload,
  siblingsWorkload,
  sharedSetWorkload,
] as unknown as readonly Workload[];
