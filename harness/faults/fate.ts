/**
 * What becomes of a message: the one pure function that both clusters ask, at the one point that every message
 * passes. The answer is the list of its copies' delays in ms: lost is `[]`, late is `[40]`, doubled is `[2, 40]`.
 */
import type { NodeId } from '../../systems/node.ts';
import { chance, identityText } from '../node/identity.ts';
import type { Fault, LinkFault, PartitionFault } from './fault.ts';

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
}

export interface Passing {
  readonly identity: number;
  readonly from: NodeId;
  readonly to: NodeId;
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
  const links = planned.afresh && atMs >= planned.afresh.fromMs ? dealtBy(planned.afresh.seed) : planned;
  const odd = oddOf(links, message.identity);
  const base = links.calm ? medium.leastMs : baseDelay(message.identity, links.seed, medium);
  if (active.length === 0) return { delaysMs: odd ?? [base], lostBy: NONE, changedBy: NONE };
  const cut = cutsBetween(message.from, message.to, active, atMs);
  const passed = odd
    ? { delaysMs: odd, lostBy: NONE, changedBy: NONE }
    : throughBadLinks(message, active, links.seed, base);
  if (cut.length === 0) return passed;
  return { delaysMs: NONE, lostBy: [...cut, ...passed.lostBy], changedBy: NONE };
}

const dealtBy = (seed: number): Links => ({ seed, calm: false, odd: {} });

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
    if (fault.kind !== 'partition' || !isCut(fault, from, to, atMs)) continue;
    if (ids) ids.push(fault.id);
    else ids = [fault.id];
  }
  return ids ?? NONE;
}

function isCut(fault: PartitionFault, from: NodeId, to: NodeId, atMs: number): boolean {
  if (fault.flapMs !== undefined && Math.floor((atMs - fault.fromMs) / fault.flapMs) % 2 === 1) return false;
  return fault.cut.some(([a, b]) => a === from && b === to);
}

function throughBadLinks(message: Passing, active: readonly Fault[], seed: number, base: number): Fate {
  let delaysMs = [base];
  const lostBy: number[] = [];
  const changedBy: number[] = [];
  for (const fault of active) {
    if (fault.kind !== 'link' || !fault.among.includes(message.from) || !fault.among.includes(message.to)) continue;
    const draw = (purpose: string) => chance(seed, message.identity, `${purpose} ${fault.id}`);
    if (fault.drop > 0 && draw('drop') < fault.drop) {
      lostBy.push(fault.id);
      delaysMs = [];
      continue;
    }
    const changed = throughBadLink(fault, draw, delaysMs);
    if (changed.length !== delaysMs.length || changed.some((ms, i) => ms !== delaysMs[i])) changedBy.push(fault.id);
    delaysMs = changed;
  }
  return { delaysMs, lostBy, changedBy };
}

/** Delays and doubles what has not been lost. */
function throughBadLink(fault: LinkFault, draw: (purpose: string) => number, delaysMs: readonly number[]): number[] {
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
