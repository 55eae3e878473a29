/** The datatypes that can be judged, in the order in which a history is tried against them. */
import type { Datatype } from './datatypes.ts';

export const datatypes: readonly Datatype[] = [
  {
    name: 'register',
    says: 'registers by key: read, write, compare-and-set',
    aliases: ['cas-register'],
    functions: ['read', 'write', 'cas'],
    detect: ({ columns: { fNames } }) => fNames.every((f) => f === 'read' || f === 'write' || f === 'cas'),
    model: 'linearizable',
    models: {},
  },
];
