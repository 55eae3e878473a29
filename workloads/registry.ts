/** Every workload that comes with splitbrain, by name. A new one is a file and a line here. */
import { causalRegisterWorkload } from './causal-register.ts';
import { registerWorkload } from './register.ts';
import { removalsWorkload } from './removals.ts';
import { growingCounterWorkload, upDownCounterWorkload } from './replicated-counters.ts';
import { lastWriterWorkload, multiValueWorkload } from './replicated-registers.ts';
import { observedSetWorkload, twoPhaseSetWorkload } from './replicated-sets.ts';
import { sharedSetWorkload } from './shared-set.ts';
import { siblingsWorkload } from './siblings.ts';
import { textWorkload } from './text.ts';
import type { Workload } from './workload.ts';

export const workloads: readonly Workload[] = [
  registerWorkload,
  causalRegisterWorkload,
  removalsWorkload,
  siblingsWorkload,
  sharedSetWorkload,
  growingCounterWorkload,
  upDownCounterWorkload,
  twoPhaseSetWorkload,
  observedSetWorkload,
  lastWriterWorkload,
  multiValueWorkload,
  textWorkload,
] as unknown as readonly Workload[];
