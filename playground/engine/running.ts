/** Runs of the playground: one for the page to show, the same plan for several designs, seeds until one breaks. */
import { OK } from 'elle-ts';
import { breaches, type Planned, runNow } from '../../harness/explore/trial.ts';
import { HarnessFailure } from '../../harness/failure.ts';
import type { Run } from '../../harness/judging/result.ts';
import { madeOf } from './making.ts';
import type { CompareAsked, Compared, Made, SearchAsked, Searched, Searching } from './messages.ts';
import { type DesignSubject, plannedOf } from './planned.ts';
import type { Scenario } from './scenario.ts';
import { subjectOf } from './subjects.ts';

/** Runs and judges, with everything that the page shows. */
export function made(scenario: Scenario): Made {
  return madeOf(scenario, subjectOf(scenario.setting));
}

/** The same plan for each of these designs. One that cannot be run says why. */
export function compared({ scenario, systems }: CompareAsked): readonly Compared[] {
  return systems.map((system) => {
    const nothing = {
      system,
      verdict: 'unknown',
      says: '',
      anomalies: [],
      answered: 0,
      calls: 0,
      messages: 0,
    } as const;
    try {
      const setting = { ...scenario.setting, system };
      const subject = subjectOf(setting);
      const run = runNow(subject, plannedOf({ ...scenario, setting }, subject));
      return { ...nothing, ...inShort(run) };
    } catch (error) {
      return { ...nothing, error: (error as Error).message };
    }
  });
}

function inShort(run: Run): Omit<Compared, 'system'> {
  const { result, history, plan, calls } = run;
  const planned = new Set(plan.calls.map(({ id }) => id));
  let answered = 0;
  for (let row = 0; row < history.length; row++)
    if (planned.has(calls[row]!) && history.columns.type[row] === OK) answered++;
  return {
    verdict: result.verdict,
    says: result.says,
    anomalies: [...new Set(breaches(run).map(({ name }) => name))],
    answered,
    calls: plan.calls.length,
    messages: result.traffic.messages,
  };
}

/** How often a search tells how far it is. */
const TELL_MS = 100;

/** Tries seeds until one breaks a claim. Faults that were placed stay as they are; calls and delays are drawn anew. */
export function searched({ scenario, from, most }: SearchAsked, tell: (so: Searching) => void): Searched {
  const began = performance.now();
  const subject = subjectOf(scenario.setting);
  const { faults } = scenario.given;
  const given = faults ? { faults } : {};
  let told = began;
  for (let runs = 1; ; runs++) {
    const seed = from + runs - 1;
    const [anomaly] = breachesOf(plannedOf({ setting: { ...scenario.setting, seed }, given }, subject), subject);
    const now = performance.now();
    const so = { runs, seed, tookMs: now - began };
    if (anomaly) return { ...so, found: { seed, anomaly: anomaly.name, message: anomaly.message } };
    if (runs >= most) return so;
    if (now - told < TELL_MS) continue;
    told = now;
    tell(so);
  }
}

/** What breaks a claim; a run that the harness cannot finish shows nothing. */
function breachesOf(planned: Planned, subject: DesignSubject) {
  try {
    return breaches(runNow(subject, planned));
  } catch (error) {
    if (error instanceof HarnessFailure) return [];
    throw error;
  }
}
