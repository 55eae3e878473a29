/**
 * Replicated datatypes: they promise little while messages are
 * under way, and that replicas agree on something legal in the end.
 */

import type { Checker } from '../checker.ts';
import type { Api } from '../history.ts';
import { convergence, type Sameness, strongConvergence } from '../replicated/convergence.ts';
import { finalCounter, gCounter, pnCounter, sameCounters } from '../replicated/counters.ts';
import { replicatedList, sameLists } from '../replicated/list.ts';
import { lwwMap, lwwRegister, mvRegister, sameRegisters, sameSiblings } from '../replicated/registers.ts';
import { gSet, orSet, sameSets, twoPhaseSet } from '../replicated/sets.ts';
import { visibilities } from '../replicated/visibility.ts';
import { type Datatype, datatype, type FunctionRecord, type NamedDatatype } from './datatype.ts';
import { given, only } from './detection.ts';
import { own } from './models.ts';
import { withPrelude } from './prelude.ts';
import { ANYTHING, isMap, LIST, NUMBER, orNull, type Shape, TRUTH, VALUE, versioned } from './shape.ts';

type Functions = Datatype['functions'];

const levels = visibilities();
/** Each level implies those below it. */
const visibilityImplies = Object.fromEntries(
  levels.map((level, i) => [level.name, levels.slice(i + 1).map(({ name }) => name)]),
);

/** A datatype with its own property, and convergence as a model of its own. */
function replicatedType<const N extends string, const F extends string, A extends Api>(
  name: N,
  says: string,
  functions: Readonly<Record<F, FunctionRecord>>,
  make: () => Checker<A>,
  same: Sameness,
): NamedDatatype<N, F> {
  return {
    name,
    says,
    functions,
    model: name,
    realTime: [],
    implies: visibilityImplies,
    models: {
      [name]: own(make),
      convergence: own(() => convergence(same)),
      'strong-convergence': own(() => strongConvergence(same)),
      ...Object.fromEntries(levels.map((level) => [level.name, () => level])),
    },
  };
}

/** Mapped members must be there; null is a value. */
const PRESENT: Shape = { says: 'a value', fits: (value) => value !== undefined };
/** Null says that nothing is known of what a read showed. */
const SHOWN_LIST = versioned(orNull(LIST));
const COUNTER = {
  add: { takes: NUMBER, stamped: true },
  read: { returns: versioned(NUMBER) },
} as const satisfies Functions;
const GROWING = {
  add: { takes: ANYTHING, stamped: true },
  read: { returns: SHOWN_LIST, inRuns: versioned(LIST) },
} as const satisfies Functions;
const ELEMENTS = {
  ...GROWING,
  remove: { takes: ANYTHING, stamped: true },
  contains: { takes: ANYTHING, returns: versioned(TRUTH) },
} as const satisfies Functions;
const LAST_WRITE = {
  write: { takes: ANYTHING, stamped: true },
  remove: { takes: ANYTHING, stamped: true },
  read: { returns: ANYTHING, inRuns: versioned(VALUE) },
} as const satisfies Functions;
const SIBLINGS = {
  write: { takes: ANYTHING, stamped: true },
  read: { returns: SHOWN_LIST, inRuns: versioned(LIST) },
} as const satisfies Functions;
const INSERTION: Shape = {
  says: '{ value: a value }, or { values: a list }',
  fits: (input) => isMap(input) && (PRESENT.fits(input.value) || LIST.fits(input.values)),
};
const SEQUENCE = {
  insert: { takes: INSERTION, stamped: true },
  remove: { takes: ANYTHING, stamped: true },
  read: { returns: SHOWN_LIST, inRuns: versioned(LIST) },
} as const satisfies Functions;

const counterSays = 'replicated counters, judged by their final reads';
const setSays = 'replicated sets';

const LISTS = replicatedType(
  'list',
  'replicated lists and texts: insert after an element, remove, read',
  SEQUENCE,
  replicatedList,
  sameLists,
);

/** The replicated datatypes. */
export const replicatedTypes = [
  replicatedType('g-counter', `${counterSays}, that only grow: add, read`, COUNTER, gCounter, sameCounters),
  replicatedType('replicated-counter', `${counterSays} at all replicas: add, read`, COUNTER, pnCounter, sameCounters),
  replicatedType('pn-counter', `${counterSays}: add of either sign, read`, COUNTER, finalCounter, sameCounters),
  replicatedType('g-set', `${setSays} that only grow: add, read`, GROWING, gSet, sameSets),
  replicatedType(
    '2p-set',
    `${setSays} to which nothing returns: add, remove, contains, read`,
    ELEMENTS,
    twoPhaseSet,
    sameSets,
  ),
  replicatedType('or-set', `${setSays} in which additions win: add, remove, contains, read`, ELEMENTS, orSet, sameSets),
  replicatedType(
    'lww-register',
    'replicated registers in which the last write wins: write, remove, read',
    LAST_WRITE,
    lwwRegister,
    sameRegisters,
  ),
  replicatedType(
    'lww-map',
    'replicated maps in which the last write to a key wins: write, remove, read',
    LAST_WRITE,
    lwwMap,
    sameRegisters,
  ),
  replicatedType(
    'mv-register',
    'replicated registers that keep concurrent writes: write, read of all',
    SIBLINGS,
    mvRegister,
    sameSiblings,
  ),
  datatype({
    ...LISTS,
    aliases: ['rga', 'text'],
    initial: LIST,
    models: withPrelude(LISTS.models, (initial) =>
      (initial as readonly unknown[]).map((value, at, all) => ({
        f: 'insert',
        input: { value, after: at === 0 ? null : all[at - 1] },
      })),
    ),
    detect: (history) => only(history, 'insert', 'remove', 'read') && given(history, 'insert', isMap),
  }),
] as const;
