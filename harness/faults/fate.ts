/**
 * What becomes of a message: the one pure function that both clusters ask, at the one point that every message
 * passes. The answer is the list of its copies' delays in ms: lost is `[]`, late is `[40]`, doubled is `[2, 40]`.
 */
import type { NodeId } from '../../systems/node.ts';
import { chance, identityText, mix, mixText } from '../node/identity.ts';
import { logUniform } from '../setting/random.ts';
import type { Fault } from './fault.ts';
import type { LinkFault } from './link.ts';
import type { PartitionFault } from './partition.ts';
import { isAsked } from './services.ts';

/**
 * A message's delay is a hash of seed and identity. On `calm` links every delay is the least
 * there is; `odd` fixes the fate of single messages instead: for an identity, the delays in ms
 * of its copies, none where it is lost. What is sent from some moment on may be dealt `afresh`,
 * by another seed alone: so one asks what else could have come of the same beginning.
 */
export interface Links {
  readonly seed: number;
  readonly calm: boolean;
  readonly odd: Readonly<Record<string, readonly number[]>>;
  readonly afresh?: { readonly fromMs: number; readonly seed: number };
  /** How long messages take, in place of what sound links add by themselves. */
  readonly latency?: Latency;
  /** Or: each chain of messages at a pace of its own. */
  readonly paces?: Paces;
}

/**
 * Most messages are prompt, at little more than the least delay. Those of a slow chain, and those that are held back,
 * take from 2 to 120 ms, evenly over orders of magnitude: so one chain is over before another has passed one message.
 */
export interface Paces {
  /**
   * What is a chain: all messages of a node, or between two nodes, or these on behalf of one call or one node's start.
   */
  readonly by: 'node' | 'link' | 'conversation';
  /** The share of chains that are slow. */
  readonly slow: number;
  /** The share of messages that are held back, whatever chain they belong to. */
  readonly held: number;
  /** What is sent from then on is prompt. */
  readonly untilMs: number;
}

/** A delay of every message: the mean, or evenly from nothing to twice of it, or exponential. */
export interface Latency {
  readonly meanMs: number;
  readonly shape: 'constant' | 'uniform' | 'exponential';
}

export interface Passing {
  readonly identity: number;
  readonly from: NodeId;
  readonly to: NodeId;
  /** Where it all began. Needed for `Paces` alone. */
  readonly cause?: { readonly root: string };
}

/**
 * What a sound link does by itself. The simulation's links take from `leastMs`, with a tail that grows
 * to `tailMs` for one message in a hundred; real ones add their own time, and the harness adds none.
 */
export interface Medium {
  readonly leastMs: number;
  readonly tailMs: number;
}

export const SIMULATED: Medium = { leastMs: 1, tailMs: 120 };
export const REAL: Medium = { leastMs: 0, tailMs: 0 };

/**
 * What happened to a message, and which faults had a hand in it: every fault that would
 * have lost it by itself, or that delayed or doubled it, whatever other faults last.
 */
export interface Fate {
  readonly delaysMs: readonly number[];
  /** The ids of faults. */
  readonly lostBy: readonly number[];
  readonly changedBy: readonly number[];
}

const NONE: readonly number[] = [];

/** The fate of a message that is sent at `atMs` while the faults in `active` last. */
export function fate(message: Passing, active: readonly Fault[], planned: Links, medium: Medium, atMs: number): Fate {
  const links = planned.afresh && atMs >= planned.afresh.fromMs ? dealtBy(planned, planned.afresh.seed) : planned;
  const odd = oddOf(links, message.identity);
  const base = links.calm ? medium.leastMs : delayOf(message, links, medium, atMs);
  if (active.length === 0) return { delaysMs: odd ?? [base], lostBy: NONE, changedBy: NONE };
  const cut = cutsBetween(message.from, message.to, active, atMs);
  if (cut.length > 0) {
    const dropped = odd ? NONE : droppedBy(message, active, links.seed);
    return { delaysMs: NONE, lostBy: dropped.length > 0 ? [...cut, ...dropped] : cut, changedBy: NONE };
  }
  if (odd) return { delaysMs: odd, lostBy: NONE, changedBy: NONE };
  return throughBadLinks(message, active, links.seed, base);
}

const dealtBy = ({ latency, paces }: Links, seed: number): Links => ({
  ...{ seed, calm: false, odd: {} },
  ...(latency ? { latency } : {}),
  ...(paces ? { paces } : {}),
});

function delayOf(message: Passing, links: Links, medium: Medium, atMs: number): number {
  const { seed, latency, paces } = links;
  const { identity } = message;
  if (paces) return pacedDelay(message, { seed, paces }, medium, atMs);
  if (!latency) return baseDelay(identity, seed, medium);
  const { meanMs, shape } = latency;
  if (shape === 'constant') return meanMs;
  const u = chance(seed, identity, 'latency');
  return roundMs(shape === 'uniform' ? 2 * meanMs * u : -meanMs * Math.log(1 - u));
}

/** As late as the latest on sound links: a claim holds on them, and no client gives up for it. */
const LATEST_MS = 120;

interface Paced {
  readonly seed: number;
  readonly paces: Paces;
}

function pacedDelay(message: Passing, { seed, paces }: Paced, { leastMs }: Medium, atMs: number): number {
  const { identity } = message;
  const prompt = roundMs(leastMs * (1 + chance(seed, identity, 'pace')));
  if (atMs >= paces.untilMs) return prompt;
  const late = (of: number) => roundMs(logUniform(chance(seed, of, 'late'), 2, LATEST_MS));
  const isSlow = (chain: number) => chance(seed, chain, 'slow') < paces.slow;
  const slowed = chainsOf(message, paces.by).filter(isSlow).map(late);
  const isHeld = chance(seed, identity, 'held') < paces.held;
  return Math.max(prompt, ...slowed, isHeld ? late(identity) : 0);
}

function chainsOf({ from, to, cause }: Passing, by: Paces['by']): readonly number[] {
  const ends = [mixText(from), mixText(to)] as const;
  if (by === 'node') return ends;
  const link = mix(Math.min(...ends), Math.max(...ends));
  return [by === 'link' ? link : mix(mixText(cause?.root ?? ''), link)];
}

/** Writing an identity out costs more than all the rest here, and most plans have no odd messages. */
function oddOf(links: Links, identity: number): readonly number[] | undefined {
  for (const _ in links.odd) return links.odd[identityText(identity)];
  return undefined;
}

/**
 * The partitions that cut this direction now, by id. Asked at sending and at arrival: a cut loses what is in flight.
 */
export function cutsBetween(from: NodeId, to: NodeId, active: readonly Fault[], atMs: number): readonly number[] {
  let ids: number[] | undefined;
  for (const fault of active) {
    if (!(fault.kind === 'partition' ? isCut(fault, from, to, atMs) : isCutOff(fault, from, to))) continue;
    if (ids) ids.push(fault.id);
    else ids = [fault.id];
  }
  return ids ?? NONE;
}

/** Whether the fault cuts a node off from services, this message being between the two. */
function isCutOff(fault: Fault, from: NodeId, to: NodeId): boolean {
  return fault.kind === 'services' && fault.delayMs === 0 && isAsked(fault, from, to);
}

function isCut(fault: PartitionFault, from: NodeId, to: NodeId, atMs: number): boolean {
  if (fault.flapMs !== undefined && Math.floor((atMs - fault.fromMs) / fault.flapMs) % 2 === 1) return false;
  return fault.cut.some(([a, b]) => a === from && b === to);
}

/** The bad links that lose this message, by id. */
function droppedBy(message: Passing, active: readonly Fault[], seed: number): readonly number[] {
  let ids = NONE;
  for (const fault of active)
    if (fault.kind === 'link' && isAmong(fault, message) && isDropped(fault, message, seed)) ids = [...ids, fault.id];
  return ids;
}

function throughBadLinks(message: Passing, active: readonly Fault[], seed: number, base: number): Fate {
  let delaysMs: readonly number[] = [base];
  let lostBy = NONE;
  let changedBy = NONE;
  for (const fault of active) {
    if (fault.kind === 'services' && fault.delayMs > 0 && isAsked(fault, message.from, message.to)) {
      changedBy = [...changedBy, fault.id];
      delaysMs = delaysMs.map((delay) => delay + fault.delayMs);
    }
    if (fault.kind !== 'link' || !isAmong(fault, message)) continue;
    if (isDropped(fault, message, seed)) {
      lostBy = [...lostBy, fault.id];
      delaysMs = NONE;
      continue;
    }
    const changed = throughBadLink(message.identity, fault, seed, delaysMs);
    // All copies are late by one time: the first tells whether they are.
    if (changed.length > delaysMs.length || changed[0] !== delaysMs[0]) changedBy = [...changedBy, fault.id];
    delaysMs = changed;
  }
  return { delaysMs, lostBy, changedBy };
}

function isAmong({ among }: LinkFault, { from, to }: Passing): boolean {
  return among.includes(from) && among.includes(to);
}

function isDropped({ id, drop }: LinkFault, { identity }: Passing, seed: number): boolean {
  return drop > 0 && chance(seed, identity, `drop ${id}`) < drop;
}

/** Delays and doubles what has not been lost. */
function throughBadLink(identity: number, fault: LinkFault, seed: number, delaysMs: readonly number[]): number[] {
  const draw = (purpose: string) => chance(seed, identity, `${purpose} ${fault.id}`);
  const late = (extra: string) => fault.delayMs + roundMs(fault.jitterMs * draw(`jitter${extra}`) ** 2);
  const slowed = delaysMs.map((delay) => delay + late(''));
  if (fault.duplicate > 0 && draw('duplicate') < fault.duplicate) {
    // A copy may come much later than the message itself: late doubles are what de-duplication forgets.
    slowed.push((slowed[0] ?? 0) + 1 + late(' of the copy') + roundMs(100 * draw('copy') ** 3));
  }
  return slowed;
}

/** Most messages take up to six times the least; one in ten longer, up to the tail. */
function baseDelay(identity: number, seed: number, medium: Medium): number {
  if (medium.tailMs === 0) return medium.leastMs;
  const u = chance(seed, identity, 'delay');
  if (u < 0.9) return roundMs(medium.leastMs * (1 + (u / 0.9) * 5));
  const tail = (u - 0.9) / 0.1;
  return roundMs(medium.leastMs * 6 + (medium.tailMs - medium.leastMs * 6) * tail ** 3);
}

/** The simulation counts whole microseconds. */
function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
