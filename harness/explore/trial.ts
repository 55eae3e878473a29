/** One simulated run as exploration and shrinking ask for it: does it break a claim, and how? */
import type { Anomaly } from 'elle-ts';
import { simulateNow } from '../clusters/simulation/simulate.ts';
import { HarnessFailure } from '../failure.ts';
import type { Run } from '../judging/result.ts';
import type { Plan, Setting } from '../setting/plan.ts';
import type { Subject } from '../setting/subject.ts';

/** A setting together with its plan: all that determines a simulated run. */
export type Planned = Setting & { readonly plan: Plan };

/** The setting and the plan, each by itself, as a run takes them. */
export function partsOf({ plan, ...setting }: Planned): { readonly setting: Setting; readonly plan: Plan } {
  return { setting, plan };
}

/** Runs at once; call it from a macrotask alone. */
export function runNow(subject: Subject, planned: Planned, looks: { journal?: boolean; shapes?: boolean } = {}): Run {
  return simulateNow({ ...subject, ...partsOf(planned), journal: false, claimsOnly: true, ...looks });
}

/** The anomalies that break a claim covering the run, in the order of the claims. */
export function breaches(run: Pick<Run, 'result'>): readonly Anomaly[] {
  return run.result.claims.flatMap(({ verdict }) => (verdict.type === 'invalid' ? verdict.anomalies : []));
}

/** The anomaly of this name that the run shows, if it does. A run that the harness cannot finish shows none. */
export function shows(subject: Subject, planned: Planned, name: string): Anomaly | undefined {
  try {
    return breaches(runNow(subject, planned)).find((anomaly) => anomaly.name === name);
  } catch (error) {
    if (error instanceof HarnessFailure) return undefined;
    throw error;
  }
}
