/** Counterexamples of the playground, as files of `splitbrain replay`. */
import { type Counterexample, counterexampleIn } from '../../harness/explore/counterexample-text.ts';
import { exampleOf } from '../../harness/explore/example.ts';
import { shrink } from '../../harness/explore/shrink.ts';
import { breaches, runNow } from '../../harness/explore/trial.ts';
import { BadInput } from '../../harness/failure.ts';
import { meaningOf } from '../../harness/faults/meanings.ts';
import type { BreachAsked } from './messages.ts';
import { plannedOf } from './planned.ts';
import { type Scenario, scenarioOf } from './scenario.ts';
import { subjectOf } from './subjects.ts';

/** Made smaller until nothing can be left out. */
export function shrunk({ planned, anomaly: name }: BreachAsked): Counterexample {
  const subject = subjectOf(planned);
  const small = shrink(subject, planned, name);
  if (!small) throw new BadInput(`the run shows no ${name}, so there is nothing to shrink`);
  return exampleIn({ planned, anomaly: name }, small.planned, { runs: small.runs, minimal: small.minimal });
}

/** The run as it is. */
export function example(asked: BreachAsked): Counterexample {
  return exampleIn(asked, asked.planned, { runs: 0, minimal: false });
}

function exampleIn(
  { planned, anomaly: name }: BreachAsked,
  small: BreachAsked['planned'],
  by: { readonly runs: number; readonly minimal: boolean },
): Counterexample {
  const { system, seed } = planned;
  const run = runNow(subjectOf(small), small);
  const found = breaches(run).find((anomaly) => anomaly.name === name);
  if (!found) throw new BadInput(`the run shows no ${name}`);
  const { message, steps, operations } = found;
  const of = { system, anomaly: name, message, steps, operations, trace: run.trace, planned: small };
  return exampleOf({ seed, planned }, of, by, { splitbrain: VERSION, node: 'none, but in a web page' });
}

/** The scenario of a counterexample's file. Throws `BadInput` where it is none, or of no design that is built in. */
export function opened(text: string, file: string): Scenario {
  const { setting: planned } = counterexampleIn(text, file);
  if (planned.cluster !== 'simulation')
    throw new BadInput(`${file} is a run of real processes, which no page can start`);
  for (const fault of planned.plan.faults) meaningOf(fault);
  const scenario = scenarioOf(planned);
  plannedOf(scenario, subjectOf(planned));
  return scenario;
}
