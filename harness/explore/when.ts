/**
 * When a failure became likely, and when certain: the run is repeated up to some
 * moment exactly as it was, and from there with fresh delays; the share of those runs
 * that still show the anomaly, over the moments, is its probability as time went on.
 */

import { simulate } from '../clusters/simulation/simulate.ts';
import { HarnessFailure } from '../failure.ts';
import { type Subject, subjectOf } from '../setting/subject.ts';
import type { Counterexample } from './counterexample-text.ts';
import { breaches, type Planned, partsOf } from './trial.ts';

export interface Moment {
  readonly ms: number;
  /** The share of the fresh continuations from here that show the anomaly. */
  readonly chance: number;
}

const CONTINUATIONS = 40;
const MOMENTS = 12;

/**
 * The chances at a dozen moments, from the first message to after the last:
 * the last one is 1 where the counterexample still shows its anomaly.
 */
export async function when(example: Counterexample): Promise<readonly Moment[]> {
  const { setting, anomaly } = example;
  const subject = await subjectOf(setting);
  const whole = await simulate({ ...subject, ...partsOf(setting), journal: true, claimsOnly: true });
  const sent = [...new Set(whole.messages.map(({ sentMs }) => sentMs))];
  const moments = sent.filter((_, i) => i % Math.max(1, Math.ceil(sent.length / MOMENTS)) === 0);
  const chances: Moment[] = [];
  for (const ms of [...moments, Math.max(0, ...sent) + 1]) {
    let shown = 0;
    for (let i = 1; i <= CONTINUATIONS; i++) {
      const afresh = { fromMs: ms, seed: setting.plan.links.seed + i * 104_729 };
      const links = { ...setting.plan.links, afresh };
      const fresh: Planned = { ...setting, plan: { ...setting.plan, links } };
      if (await occurs(subject, fresh, anomaly.name)) shown++;
    }
    chances.push({ ms, chance: shown / CONTINUATIONS });
  }
  return chances;
}

async function occurs(subject: Subject, planned: Planned, name: string): Promise<boolean> {
  try {
    const run = await simulate({ ...subject, ...partsOf(planned), journal: false, claimsOnly: true });
    return breaches(run).some((anomaly) => anomaly.name === name);
  } catch (error) {
    if (error instanceof HarnessFailure) return false;
    throw error;
  }
}
