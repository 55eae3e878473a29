/** Failures that are observations, but not for every model. */
import type { Datatype } from './datatypes/datatype.ts';
import { FAIL, type History } from './history.ts';
import type { Judgement } from './judgement.ts';

/** The models that judge failures that are observations. */
const JUDGE_REFUSALS: readonly string[] = ['linearizable', 'sequential'];

/** What the models that were judged did not use of the history. */
export function notesOf(
  history: History,
  { functions }: Datatype,
  models: readonly string[],
): Pick<Judgement, 'notes'> {
  const without = models.filter((model) => !JUDGE_REFUSALS.includes(model));
  if (without.length === 0) return {};
  const { length, type, f, fNames, error } = history.columns;
  const reasons = fNames.map((name) => functions[name]?.refusal);
  if (reasons.every((reason) => reason === undefined)) return {};
  const found = new Map<string, number>();
  for (let row = 0; row < length; row++) {
    const reason = type[row] === FAIL ? reasons[f[row]] : undefined;
    if (reason === undefined || error.get(row) !== reason) continue;
    const name = `${fNames[f[row]]}: ${reason}`;
    found.set(name, (found.get(name) ?? 0) + 1);
  }
  const notes = [...found].map(
    ([name, count]) =>
      `${count} failed ${count === 1 ? 'operation that is an observation' : 'operations that are observations'} (${name}) ${count === 1 ? 'was' : 'were'} not used for ${without.join(', ')}`,
  );
  return notes.length === 0 ? {} : { notes };
}
