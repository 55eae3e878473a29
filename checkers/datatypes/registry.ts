/** The datatypes that can be judged, in the order in which a history is tried against them. */
import { collections } from './collections.ts';
import type { Datatype } from './datatype.ts';
import { invariants } from './invariants.ts';
import { objects } from './objects.ts';
import { replicatedTypes } from './replicated.ts';
import { transactions } from './transactions.ts';

export const datatypes: readonly Datatype[] = [
  ...transactions,
  ...invariants,
  ...objects,
  ...collections,
  ...replicatedTypes,
];
