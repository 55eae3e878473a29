import { linKv } from './lin-kv.ts';
import { linTso } from './lin-tso.ts';
import { lwwKv } from './lww-kv.ts';
import { seqKv } from './seq-kv.ts';
import type { Chance, Service } from './service.ts';

/** How a service may be told to behave. */
export interface ServiceOptions {
  /** How many changes a request to seq-kv may lag behind. */
  readonly seqLag?: number;
}

/** The services that programs may ask, by the address at which they do. */
export const services: Readonly<Record<string, (node: Chance, options: ServiceOptions) => Service>> = {
  'lin-kv': () => linKv(),
  'seq-kv': (node, { seqLag }) => seqKv(node, seqLag === undefined ? {} : { lag: seqLag }),
  'lww-kv': (node) => lwwKv(node),
  'lin-tso': () => linTso(),
};
