/** What the playground runs: plain data, which a link carries. */
import type { Plan, Setting } from '../../harness/setting/plan.ts';

export interface Scenario {
  readonly setting: Setting;
  /**
   * What stands in the place of what the seed draws: faults that somebody placed, or
   * the whole plan of a counterexample. Empty: all is drawn.
   */
  readonly given: Partial<Pick<Plan, 'calls' | 'faults' | 'links' | 'final'>>;
}

/** All of a plan as something that is given: nothing of it is drawn again. */
export function allOf({ calls, faults, links, final }: Plan): Scenario['given'] {
  return { calls, faults, links, ...(final ? { final } : {}) };
}
