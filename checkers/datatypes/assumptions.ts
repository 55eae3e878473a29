/** Whether what a caller assumes means anything for a datatype. */
import { ArgumentError } from '../argument-error.ts';
import { withArticle } from '../explain/grammar.ts';
import { type Assumptions, type Datatype, SPECIAL } from './datatype.ts';
import { datatypes } from './registry.ts';

/** Refuses an initial value that the datatype does not have: bad input is never a verdict. */
export function refuseInitial({ name, initial: shape }: Datatype, { initial }: Assumptions): void {
  if (initial === undefined) return;
  if (!shape) {
    const those = datatypes.filter((one) => one.initial).map((one) => one.name);
    throw new ArgumentError(`${withArticle(name)} has no initial value; these have: ${those.join(', ')}`);
  }
  if (!shape.fits(initial))
    throw new ArgumentError(
      `the initial value of ${withArticle(name)} is ${shape.says}, and not ${JSON.stringify(initial)}`,
    );
}

/** Refuses an assumption without effect, which is a mistake of the caller. */
export function refuseUnheeded({ name, heeds = [] }: Datatype, assumptions: Assumptions): void {
  for (const one of Object.keys(SPECIAL) as (keyof typeof SPECIAL)[]) {
    if (!assumptions[one] || heeds.includes(one)) continue;
    const those = datatypes.filter((other) => other.heeds?.includes(one)).map((other) => other.name);
    throw new ArgumentError(`${SPECIAL[one]} says nothing of ${withArticle(name)}, but of ${those.join(', ')}`);
  }
}
