/**
 * What a system offers where it is not a single datatype: clients of transactions may append
 * to lists or write registers, and the calls of a session may carry a token that says what it has seen. Each
 * names its functions as a datatype does, and the datatypes that its histories are judged as.
 */
import type { Datatype, FunctionRecord } from './datatype.ts';
import { type AnyModel, datatypeFrom, isModel } from './from-model.ts';
import { type BuiltIn, type DatatypeName, datatypes } from './registry.ts';
import { ANYTHING, LIST, MAP, mapWith, microOfAnyKey, orNull, VALUE } from './shape.ts';

/** The functions that a system offers, and the datatypes that its histories may be judged as. */
export interface Interface<N extends string = string, F extends string = string> {
  readonly name: N;
  readonly functions: Readonly<Record<F, FunctionRecord>>;
  /** The datatypes that a history of it may be judged as, by name. */
  readonly datatypes: readonly DatatypeName[];
}

function named<const N extends string, const F extends string>(record: Interface<N, F>): Interface<N, F> {
  return record;
}

const all = [
  named({
    name: 'transactions',
    functions: {
      txn: {
        takes: microOfAnyKey('a list of micro-operations', ['r', 'w', 'append', 'abort', 'rp', 'insert', 'delete']),
        returns: LIST,
        updates: true,
        micro: 'always',
      },
      // The bank's, where transfers are transactions of the system's own.
      read: { takes: LIST, returns: MAP },
      transfer: { takes: MAP },
    },
    datatypes: ['list-append', 'rw-register', 'predicate-registers', 'bank', 'long-fork'],
  }),
  named({
    name: 'session-register',
    functions: {
      read: { takes: ANYTHING, returns: mapWith({ value: VALUE }) },
      write: { takes: mapWith({ value: VALUE }), returns: mapWith({}), updates: true },
    },
    datatypes: ['register'],
  }),
  named({
    name: 'siblings',
    functions: {
      read: { returns: mapWith({ values: orNull(LIST) }) },
      write: { takes: ANYTHING },
    },
    datatypes: [],
  }),
] as const;

/** The names of the interfaces. */
export type InterfaceName = (typeof all)[number]['name'];

/** The interfaces that are no single datatype. */
export const interfaces: readonly Interface<InterfaceName>[] = all;

/**
 * What a history is of and a system offers: a datatype or an interface by
 * its name, the record of a datatype that is not built in, or a model.
 */
export type Offered = DatatypeName | InterfaceName | Datatype | AnyModel;

/** The names of the functions of what is offered: of what the compiler does not know, any. */
export type FunctionName<D> = D extends string
  ? keyof Extract<BuiltIn | (typeof all)[number], { readonly name: D }>['functions'] & string
  : D extends { readonly functions: infer Functions } | { readonly step: infer Functions }
    ? keyof Functions & string
    : string;

/** The name of what is offered. */
export function nameOf(offered: string | Datatype | AnyModel): string {
  return typeof offered === 'string' ? offered : offered.name;
}

/** The functions of what is offered. Undefined where there is no datatype and no interface of that name. */
export function functionsOf(
  offered: string | Datatype | AnyModel,
): Pick<Datatype, 'name' | 'functions' | 'wrong'> | undefined {
  if (typeof offered !== 'string') return isModel(offered) ? datatypeFrom(offered) : offered;
  return (
    datatypes.find((one) => one.name === offered || one.aliases?.includes(offered)) ??
    interfaces.find((one) => one.name === offered)
  );
}
