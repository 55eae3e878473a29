/** Replicated datatypes: they promise little while messages are under way, and that replicas agree on something legal in the end. */

import type { Checker } from '../checker.ts';
import type { Api } from '../history.ts';
import { finalCounter } from '../monitors/final-counter.ts';
import { convergence, strongConvergence } from '../replicated/convergence.ts';
import { gCounter, pnCounter } from '../replicated/counters.ts';
import { replicatedList } from '../replicated/list.ts';
import { lwwMap, lwwRegister, mvRegister } from '../replicated/registers.ts';
import { gSet, orSet, twoPhaseSet } from '../replicated/sets.ts';
import { visibilities } from '../replicated/visibility.ts';
import type { Datatype } from './datatype.ts';
import { own } from './models.ts';
import { given, isMap, only } from './shapes.ts';
import { unwanted, type Wants, wantsOfCounters, wantsOfLists, wantsOfSets } from './wants.ts';

const levels = visibilities();
/** Each level implies those below it. */
const visibilityImplies = Object.fromEntries(
  levels.map((level, i) => [level.name, levels.slice(i + 1).map(({ name }) => name)]),
);

/** A datatype with its own property, and convergence by itself. */
function replicatedType<A extends Api>(
  name: string,
  says: string,
  functions: readonly string[],
  make: () => Checker<A>,
  wants: Wants,
  unordered = false,
): Datatype {
  return {
    name,
    says,
    functions,
    wrong: (history) => unwanted(history, wants),
    model: name,
    implies: visibilityImplies,
    models: {
      [name]: own(make),
      convergence: own(() => convergence({ unordered })),
      'strong-convergence': own(() => strongConvergence({ unordered })),
      ...Object.fromEntries(levels.map((level) => [level.name, () => level])),
    },
  };
}

const counterSays = 'replicated counters, judged by their final reads';
const setSays = 'replicated sets';

export const replicatedTypes: readonly Datatype[] = [
  replicatedType('g-counter', `${counterSays}, that only grow: add, read`, ['add', 'read'], gCounter, wantsOfCounters),
  replicatedType(
    'replicated-counter',
    `${counterSays} at all replicas: add, read`,
    ['add', 'read'],
    pnCounter,
    wantsOfCounters,
  ),
  replicatedType(
    'pn-counter',
    `${counterSays}: add of either sign, read`,
    ['add', 'read'],
    finalCounter,
    wantsOfCounters,
  ),
  replicatedType('g-set', `${setSays} that only grow: add, read`, ['add', 'read'], gSet, wantsOfSets, true),
  replicatedType(
    '2p-set',
    `${setSays} to which nothing returns: add, remove, contains, read`,
    ['add', 'remove', 'contains', 'read'],
    twoPhaseSet,
    wantsOfSets,
    true,
  ),
  replicatedType(
    'or-set',
    `${setSays} in which additions win: add, remove, contains, read`,
    ['add', 'remove', 'contains', 'read'],
    orSet,
    wantsOfSets,
    true,
  ),
  replicatedType(
    'lww-register',
    'replicated registers in which the last write wins: write, remove, read',
    ['write', 'remove', 'read'],
    lwwRegister,
    {},
  ),
  replicatedType(
    'lww-map',
    'replicated maps in which the last write to a key wins: write, remove, read',
    ['write', 'remove', 'read'],
    lwwMap,
    {},
  ),
  replicatedType(
    'mv-register',
    'replicated registers that keep concurrent writes: write, read of all',
    ['write', 'read'],
    mvRegister,
    {},
    true,
  ),
  {
    ...replicatedType(
      'list',
      'replicated lists and texts: insert after an element, remove, read',
      ['insert', 'remove', 'read'],
      replicatedList,
      wantsOfLists,
    ),
    aliases: ['rga', 'text'],
    detect: (history) => only(history, 'insert', 'remove', 'read') && given(history, 'insert', isMap),
  },
];
