/**
 * Evidence: a `valid` counts only where it could have been otherwise (R26). Every item is a
 * sentence, and whether there is enough of it. Too little makes a verdict `unknown`, never green.
 */
import { withArticle } from 'elle-ts';
import type { Claim, FaultKind } from '../../systems/system.ts';
import { ENOUGH_CALLS } from './commits.ts';
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
/** Of a function that has no calls during a fault so many were to be expected: none is chance once in 150 times. */
const CERTAIN = 5;
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
  const kept = [...weighServed(tally, claims), ...weighLeftOut(tally)];
  return [...weighMain(tally.main, functions), ...faults, ...kept, weighFinal(tally, claims)];
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

/** Micro-operations that read: a key, or what a predicate holds of. */
const READS = / rp?$/;

/**
 * What a transaction's reads told, and which of its writes the answer
 * confirmed: a store that answers anything else does nothing.
 */
function weighMops(effects: MainPhase['effects']): Evidence[] {
  const mops = Object.entries(effects).filter(([name]) => name.includes(' '));
  const reads = mops.filter(([name]) => READS.test(name)).map(([, of]) => of);
  const writes = mops.filter(([name]) => !READS.test(name)).map(([, of]) => of);
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
    says: `${during.bit} of ${during.intervals} ${kind} faults had a measured effect`,
    enough: during.bit > 0,
  };
  const calls = weighCalls(kind, during, functions, tally);
  const promise = claims.find((claim) => promisesAnswers(claim, kind));
  return promise ? [bit, calls, ...weighAnswers(kind, during, functions, promise)] : [bit, calls];
}

/** Whether clients called while it lasted: each function of which there would have been some at the rate of all. */
function weighCalls(kind: FaultKind, during: During, functions: readonly string[], tally: Tally): Evidence {
  const when = `while ${withArticle(kind)} fault was in effect`;
  const share = during.us / Math.max(1, tally.mainUs);
  const expected = (f: string) => (tally.dependent.includes(f) ? 0 : (tally.called[f] ?? 0) * share);
  const uncalled = functions.filter((f) => !during.called[f]);
  const missed = uncalled.length === functions.length ? uncalled : uncalled.filter((f) => expected(f) >= CERTAIN);
  if (missed.length > 0) return { says: `no ${missed.join(', no ')} was called ${when}`, enough: false };
  if (uncalled.length === 0) return { says: `every function was called ${when}`, enough: true };
  return { says: `no ${uncalled.join(', no ')} was called ${when}, nor were any to be expected`, enough: true };
}

/**
 * What the claim that promises the most says of a fault: that some are answered, asked of calls
 * at nodes and times at which its conditions held, where they held so long that it was certain.
 */
function weighAnswers(kind: FaultKind, during: During, functions: readonly string[], { available }: Claim): Evidence[] {
  if (available === 'none') return [];
  const { called, answered, long } = during.promised[available];
  const when = `while ${withArticle(kind)} fault was in effect`;
  if (sumOf(called) === 0) return [{ says: `no answer was promised (${available}) ${when}`, enough: true }];
  const failed = functions.filter((f) => (called[f] ?? 0) > 0 && !answered[f]);
  if (failed.length === 0) return [{ says: `every function was answered where promised ${when}`, enough: true }];
  const unanswered = `no ${failed.join(', no ')} was answered ${when}`;
  if (long === 0 || failed.every((f) => called[f]! < ENOUGH_CALLS))
    return [{ says: `${unanswered}, but none lasted so long that an answer was certain`, enough: true }];
  return [{ says: `${unanswered}, and the claim requires some (available: ${available})`, enough: false }];
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** Whether those were served whom a claim promises it, in every long stretch of faults. */
function weighServed({ served }: Tally, claims: readonly Claim[]): Evidence[] {
  const promises = [...new Set(claims.map(({ available }) => available))];
  return promises.flatMap((available): Evidence[] => {
    if (available === 'none' || served[available].groups === 0) return [];
    const { without, example } = served[available];
    if (without > 0)
      return [{ says: `${example}, and the claim requires some (available: ${available})`, enough: false }];
    return [{ says: `every function had an effect wherever it is promised (${available})`, enough: true }];
  });
}

/** Faults for which there was no time are said; those that came in no run at all were asked for in vain. */
function weighLeftOut({ leftOut, runs }: Tally): Evidence[] {
  return Object.entries(leftOut).map(([name, count]) => ({
    says: `in ${count} of ${runs} runs there was no time for a fault of ${name}`,
    enough: count < runs,
  }));
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
  const says = `${finalAnswered} of ${finalAsked} final calls returned`;
  if (claims.some(({ available }) => available !== 'primary-side'))
    return { says, enough: finalAnswered === finalAsked };
  // A claim that is only about the side of the primary says nothing
  // of what other nodes answer, but every key must be heard of.
  const unheard = finalUnheard > 0 ? `, and ${finalUnheard} by no node at all` : '';
  return { says: `${says}${unheard}`, enough: finalUnheard === 0 };
}
