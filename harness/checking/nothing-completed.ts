import { type Datatype, FAIL, type History, type Judgement, OK } from 'elle-ts';

/**
 * Whether an operation of the history told something: it succeeded,
 * or failed with an observation (a lock that was held). O(n).
 */
export function completed({ length, columns }: History, datatype: Datatype | undefined): boolean {
  const refusals = columns.fNames.map((name) => datatype?.functions[name]?.refusal);
  for (let row = 0; row < length; row++) {
    if (columns.type[row] === OK) return true;
    const refusal = columns.type[row] === FAIL ? refusals[columns.f[row] as number] : undefined;
    if (refusal !== undefined && columns.error.get(row) === refusal) return true;
  }
  return false;
}

/** Every model holds of nothing; as the result of a check that would be green for nothing. */
export function nothingCompleted(judgement: Judgement): Judgement {
  const models = Object.fromEntries(Object.keys(judgement.models).map((name) => [name, 'unknown' as const]));
  const { type, model, count } = judgement;
  return {
    type,
    model,
    valid: 'unknown',
    reason: 'no operation was completed',
    models,
    strongest: [],
    anomalies: [],
    count,
  };
}
