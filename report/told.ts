/** The anomalies of a run as its page tells them. */
import type { Anomaly, Verdict } from 'elle-ts';
import type { Result } from '../harness/judging/result.ts';
import type { Told } from './page/data.ts';

/** Of a kind of anomaly more than these are counted and not told: the first ones prove as much. */
const TOLD = 20;
const LONGEST_STEP = 2_000;
const LONGEST_CYCLE = 50;

/** The anomalies that a run's page tells, in its order, with their numbers less one as places. */
export function toldAnomalies(result: Pick<Result, 'claims' | 'checkers'>): readonly Told[] {
  return firstOfEach(everyAnomaly(result));
}

/**
 * Every anomaly once, those of refuted claims first: several
 * checkers often find the same, and say it in their own words.
 */
export function everyAnomaly(result: Pick<Result, 'claims' | 'checkers'>): Told[] {
  const found = new Map<string, { told: Omit<Told, 'checkers'>; checkers: Set<string> }>();
  const add = (checker: string, verdict: Verdict): void => {
    if (verdict.type !== 'invalid') return;
    for (const anomaly of verdict.anomalies) {
      const { name, message, operations, at } = anomaly;
      const identity = identityOf(anomaly);
      const known = found.get(identity);
      if (known) {
        known.checkers.add(checker);
        continue;
      }
      const steps = anomaly.steps.map((step) => step.slice(0, LONGEST_STEP));
      found.set(identity, {
        told: {
          name,
          message: message.slice(0, LONGEST_STEP),
          steps,
          operations,
          cycle: cycleOf(anomaly),
          at: at ?? null,
        },
        checkers: new Set([checker]),
      });
    }
  };
  for (const { claim, verdict } of result.claims) add(claim.model, verdict);
  for (const [checker, verdict] of Object.entries(result.checkers)) add(checker, verdict);
  return [...found.values()].map((entry) => ({ ...entry.told, checkers: [...entry.checkers] }));
}

/** What makes two anomalies one: the same name, of the same operations. */
export function identityOf({ name, message, operations }: Anomaly): string {
  const proof = operations.length > 0 ? operations.slice(0, 100).toSorted((a, b) => a - b) : message;
  return JSON.stringify([name, proof]);
}

function cycleOf({ cycle }: Anomaly): Told['cycle'] {
  if (!cycle || cycle.length > LONGEST_CYCLE) return null;
  return cycle.map((edge) => ({ ...edge, why: edge.why.slice(0, LONGEST_STEP) }));
}

export function firstOfEach(told: readonly Told[]): Told[] {
  const counts = new Map<string, number>();
  return told.filter(({ name }) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count <= TOLD;
  });
}

export function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
