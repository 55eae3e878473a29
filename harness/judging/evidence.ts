/**
 * Evidence: a `valid` counts only where it could have been otherwise (R26). Every item is a
 * sentence, and whether there is enough of it. Too little makes a verdict `unknown`, never green.
 */
import { withArticle } from 'elle-ts';
import type { Claim, FaultKind } from '../../systems/system.ts';
import type { Effects, MainPhase, Thirds } from './effects.ts';
import type { During, Tally } from './tally.ts';

export interface Evidence {
  readonly says: string;
  readonly enough: boolean;
}

/** Of a function's calls so many must have an effect, and this share of them. */
const LEAST = 3;
const SHARE = 0.05;
/** A third of the main phase must have an effect where, at the rate of all of it, so many were to be expected. */
const EXPECTED = 3;
/** Of the keys that were asked for this share must have seen an effect. */
const KEYS = 0.25;

/**
 * Weighs a tally. What was expected of it are the functions of the workload
 * and the kinds of fault that were planned, and what the claims promise.
 */
export function weigh(
  tally: Tally,
  functions: readonly string[],
  kinds: readonly FaultKind[],
  claims: readonly Claim[],
): readonly Evidence[] {
  const common = functions.filter((f) => !tally.main.effects[f]?.rare);
  const faults = kinds.flatMap((kind) => weighFault(kind, tally, common, claims));
  return [...weighMain(tally.main, functions), ...faults, weighFinal(tally, claims)];
}

function weighMain({ effects, keys }: MainPhase, functions: readonly string[]): Evidence[] {
  const calls = functions.map((f) => weighEffects(f, effects[f]));
  const moved = `${keys.moved} of ${keys.asked} keys saw a call that succeeded`;
  const ofKeys = keys.asked > 0 ? [{ says: moved, enough: keys.moved >= Math.max(1, KEYS * keys.asked) }] : [];
  return [...calls, ...weighMops(effects), ...ofKeys];
}

function weighEffects(f: string, of: Effects | undefined): Evidence {
  const called = sum(of?.called);
  const effects = sum(of?.effects);
  const needed = of?.rare ? 1 : Math.max(LEAST, Math.ceil(SHARE * called));
  const told = of?.told === undefined ? '' : `, ${of.told} of them told something`;
  const says = `${effects} of ${called} ${f} calls succeeded in the main phase${told}`;
  if (!of || effects < needed) return { says: `${says}: at least ${needed} are needed`, enough: false };
  if (of.told !== undefined && of.told < needed)
    return { says: `${says}: at least ${needed} that tell something are needed`, enough: false };
  const empty = of.rare ? -1 : emptyThird(of);
  return empty < 0 ? { says, enough: true } : { says: `${says}, none in its ${THIRDS[empty]} third`, enough: false };
}

const THIRDS = ['first', 'second', 'last'] as const;

/** The first third without any effect, though at the rate of all of them it should have had some; -1 for none. */
function emptyThird({ called, effects }: Effects): number {
  const rate = sum(effects) / sum(called);
  return effects.findIndex((count, third) => count === 0 && (called[third] ?? 0) * rate >= EXPECTED);
}

/**
 * What a transaction's reads told, and which of its writes the answer
 * confirmed: a store that answers anything else does nothing.
 */
function weighMops(effects: MainPhase['effects']): Evidence[] {
  const mops = Object.entries(effects).filter(([name]) => name.includes(' '));
  const reads = mops.filter(([name]) => name.endsWith(' r')).map(([, of]) => of);
  const writes = mops.filter(([name]) => !name.endsWith(' r')).map(([, of]) => of);
  const told = reads.reduce((total, of) => total + sum(of.effects), 0);
  const confirmed = writes.reduce((total, of) => total + sum(of.effects), 0);
  if (reads.length > 0 && writes.length > 0 && told === 0 && confirmed === 0)
    return [{ says: 'no write was confirmed, no read told anything', enough: false }];
  return [
    ...weighMop('reads in transactions told something', 'no read in a transaction told anything', reads),
    ...weighMop('writes in transactions were confirmed', 'no write in a transaction was confirmed', writes),
  ];
}

function weighMop(words: string, none: string, kinds: readonly Effects[]): Evidence[] {
  if (kinds.length === 0) return [];
  const called = kinds.reduce((total, of) => total + sum(of.called), 0);
  const did = kinds.reduce((total, of) => total + sum(of.effects), 0);
  if (did === 0) return [{ says: none, enough: false }];
  const needed = Math.max(LEAST, Math.ceil(SHARE * called));
  const says = `${did} of ${called} ${words}`;
  return [did < needed ? { says: `${says}: at least ${needed} are needed`, enough: false } : { says, enough: true }];
}

function sum(thirds: Thirds | undefined): number {
  return thirds ? thirds[0] + thirds[1] + thirds[2] : 0;
}

/** What nodes that send each other nothing cannot show. */
const OF_MESSAGES: readonly FaultKind[] = ['partition', 'link'];

function weighFault(kind: FaultKind, tally: Tally, functions: readonly string[], claims: readonly Claim[]): Evidence[] {
  const during = tally.during[kind];
  if (!during) return [{ says: `no ${kind} fault ever began`, enough: false }];
  if (OF_MESSAGES.includes(kind) && tally.messages === 0)
    return [{ says: `nodes sent each other nothing, so ${withArticle(kind)} can do nothing`, enough: true }];
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
  return promise ? [bit, calls, ...weighAnswers(kind, during, functions, promise)] : [bit, calls];
}

/**
 * What the claim that promises the most says of a fault: that some
 * are answered, and in a long one that some get something done.
 */
function weighAnswers(kind: FaultKind, during: During, functions: readonly string[], { available }: Claim): Evidence[] {
  const when = `during ${withArticle(kind)} that did something`;
  const failed = functions.filter((f) => !during.answered[f]);
  const unanswered = `no ${failed.join(', no ')} was answered ${when}`;
  if (failed.length > 0 && during.long === 0)
    return [{ says: `${unanswered}, but none lasted so long that an answer was certain`, enough: true }];
  const answered = {
    says:
      failed.length > 0
        ? `${unanswered}, though the claim promises that some are answered (${available})`
        : `every kind of call was answered ${when}`,
    enough: failed.length === 0,
  };
  const served = available === 'none' ? undefined : during.served[available];
  if (!served || served.groups === 0) return [answered];
  const says =
    served.without > 0
      ? `${served.example}, though the claim promises that some are answered (${available})`
      : `every kind of call had an effect wherever it is promised (${available}), in each long ${kind}`;
  return [answered, { says, enough: served.without === 0 }];
}

/**
 * Whether somebody must be answered while this lasts. Where only
 * the primary's side is promised, the primary may be the one that fell.
 */
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
  // A claim that is only about the side of the primary says nothing
  // of what other nodes answer, but every key must be heard of.
  const unheard = finalUnheard > 0 ? `, and ${finalUnheard} by no node at all` : '';
  return { says: `${says}${unheard}`, enough: finalUnheard === 0 };
}
