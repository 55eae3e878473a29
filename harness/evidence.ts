/**
 * Evidence: a `valid` counts only where it could have been otherwise (R26). Every item is a sentence, and whether there is enough of it.
 * Too little makes a verdict `unknown`, never green.
 */
import { withArticle } from 'elle-ts';
import type { Claim, FaultKind } from '../systems/system.ts';
import type { During, Tally } from './tally.ts';

export interface Evidence {
  readonly says: string;
  readonly enough: boolean;
}

/** Weighs a tally. What was expected of it are the functions of the workload and the kinds of fault that were planned, and what the claims promise. */
export function weigh(
  tally: Tally,
  functions: readonly string[],
  kinds: readonly FaultKind[],
  claims: readonly Claim[],
): readonly Evidence[] {
  const main = functions.map((f) => {
    const count = tally.succeeded[f] ?? 0;
    return { says: `${count} of ${tally.called[f] ?? 0} ${f} calls succeeded in the main phase`, enough: count > 0 };
  });
  const faults = kinds.flatMap((kind) => weighFault(kind, tally.during[kind], functions, claims));
  return [...main, ...faults, weighFinal(tally, claims)];
}

function weighFault(
  kind: FaultKind,
  during: During | undefined,
  functions: readonly string[],
  claims: readonly Claim[],
): Evidence[] {
  if (!during) return [{ says: `no ${kind} fault ever began`, enough: false }];
  const bit = {
    says: `${during.bit} of ${during.intervals} ${kind} faults were seen to do something`,
    enough: during.bit > 0,
  };
  const when = `during ${withArticle(kind)} that did something`;
  const uncalled = functions.filter((f) => !during.called[f]);
  const calls = {
    says:
      uncalled.length > 0 ? `no ${uncalled.join(', no ')} was called ${when}` : `every kind of call was made ${when}`,
    enough: uncalled.length === 0,
  };
  const promise = claims.find((claim) => promisesAnswers(claim, kind));
  if (!promise) return [bit, calls];
  const failed = functions.filter((f) => !during.answered[f]);
  const available = {
    says:
      failed.length > 0
        ? `no ${failed.join(', no ')} was answered ${when}, though the claim promises that some are answered (${promise.available})`
        : `every kind of call was answered ${when}`,
    enough: failed.length === 0,
  };
  return [bit, calls, available];
}

/** Whether somebody must be answered while this lasts. Where only the primary's side is promised, the primary may be the one that fell. */
function promisesAnswers({ available }: Claim, kind: FaultKind): boolean {
  if (available === 'primary-side') return kind !== 'crash' && kind !== 'pause';
  return available !== 'none';
}

function weighFinal(tally: Tally, claims: readonly Claim[]): Evidence {
  const { finalAsked, finalAnswered, finalUnheard } = tally;
  if (finalAsked === 0) return { says: 'there was no final call', enough: false };
  const says = `${finalAnswered} of ${finalAsked} final calls were answered`;
  if (claims.some(({ available }) => available !== 'primary-side'))
    return { says, enough: finalAnswered === finalAsked };
  // A claim that is only about the side of the primary says nothing of what other nodes answer, but every key must be heard of.
  const unheard = finalUnheard > 0 ? `, and ${finalUnheard} by no node at all` : '';
  return { says: `${says}${unheard}`, enough: finalUnheard === 0 };
}
