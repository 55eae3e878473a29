/** The datatypes that can be judged, in the order in which a history is tried against them. */
import { collections } from './collections.ts';
import type { NamedDatatype } from './datatype.ts';
import { invariants } from './invariants.ts';
import { objects } from './objects.ts';
import { replicatedTypes } from './replicated.ts';
import { transactions } from './transactions.ts';

const all = [...transactions, ...invariants, ...objects, ...collections, ...replicatedTypes] as const;

/** The names of the datatypes: one that is misspelt does not compile. */
export type DatatypeName = BuiltIn['name'];

/** Any of the datatypes, with its own name and functions. */
export type BuiltIn = (typeof all)[number];

/** Every datatype that can be judged, in the order in which a history is tried against them. */
export const datatypes: readonly NamedDatatype<DatatypeName>[] = all;
