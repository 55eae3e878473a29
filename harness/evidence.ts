/**
 * Evidence: a `valid` counts only where it could have been otherwise (R26). Every item is a sentence, and whether there is enough of it.
 * Too little makes a verdict `unknown`, never green.
 */
import type { Claim, FaultKind } from '../systems/system.ts';
import type { During, Tally } from './tally.ts';

export interface Evidence {
  readonly says: string;
  readonly enough: boolean;
}

/** Weighs a tally: what was expected of it are the functions of the workload and the kinds of fault that were planned. */
export function weigh(
  tally: Tally,
  functions: readonly string[],
  kinds: readonly FaultKind[],
  claim: Claim | undefined,
): readonly Evidence[] {
  const main = functions.map((f) => {
    const count = tally.succeeded[f] ?? 0;
    return { says: `${count} of ${tally.called[f] ?? 0} ${f} calls succeeded in the main phase`, enough: count > 0 };
  });
  const faults = kinds.flatMap((kind) => weighFault(kind, tally.during[kind], functions, claim));
  return [...main, ...faults, weighFinal(tally, claim)];
}

function weighFault(
  kind: FaultKind,
  during: During | undefined,
  functions: readonly string[],
  claim: Claim | undefined,
): Evidence[] {
  if (!during) return [{ says: `no ${kind} fault ever began`, enough: false }];
  const bit = {
    says: `${during.bit} of ${during.intervals} ${kind} faults were seen to do something`,
    enough: during.bit > 0,
  };
  const uncalled = functions.filter((f) => !during.called[f]);
  const calls = {
    says:
      uncalled.length > 0
        ? `no ${uncalled.join(', no ')} was called during a ${kind}`
        : `every kind of call was made during a ${kind}`,
    enough: uncalled.length === 0,
  };
  if (!claim || !promisesAnswers(claim, kind)) return [bit, calls];
  const failed = functions.filter((f) => !during.answered[f]);
  const available = {
    says:
      failed.length > 0
        ? `no ${failed.join(', no ')} was answered during a ${kind}, though the claim promises that some are answered (${claim.available})`
        : `every kind of call was answered during a ${kind}`,
    enough: failed.length === 0,
  };
  return [bit, calls, available];
}

/** Whether somebody must be answered while this lasts. Where only the primary's side is promised, the primary may be the one that fell. */
function promisesAnswers({ available }: Claim, kind: FaultKind): boolean {
  if (available === 'primary-side') return kind !== 'crash' && kind !== 'pause';
  return available !== 'none';
}

function weighFinal(tally: Tally, claim: Claim | undefined): Evidence {
  const { finalAsked, finalAnswered } = tally;
  const says = `${finalAnswered} of ${finalAsked} final calls were answered`;
  if (finalAsked === 0) return { says: 'there was no final call', enough: false };
  // A claim that is only about the side of the primary says nothing of what other nodes answer.
  const all = claim !== undefined && claim.available !== 'primary-side';
  return { says, enough: all ? finalAnswered === finalAsked : finalAnswered > 0 };
}
