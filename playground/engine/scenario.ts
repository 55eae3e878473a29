/** What the playground runs: plain data, which a link carries. */
import type { Planned } from '../../harness/explore/trial.ts';
import type { Plan, Setting } from '../../harness/setting/plan.ts';

export interface Scenario {
  readonly setting: Setting;
  /**
   * What stands in the place of what the seed draws: faults that somebody placed, or
   * the whole plan of a counterexample. Empty: all is drawn.
   */
  readonly given: Partial<Pick<Plan, 'calls' | 'faults' | 'links' | 'final'>>;
}

/** The scenario of a run whose plan is known whole: nothing of it is drawn again. */
export function scenarioOf({ plan, ...setting }: Planned): Scenario {
  const { calls, faults, links, final } = plan;
  return { setting, given: { calls, faults, links, ...(final ? { final } : {}) } };
}
