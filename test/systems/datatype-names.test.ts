import { datatypeFrom, functionsOf, register } from 'elle-ts';
import { expect, it } from 'vitest';
import { type Design, defineSystem } from '../../systems/system.ts';
import { defineWorkload, type Workload } from '../../workloads/workload.ts';

it('a misspelt datatype of a system or a workload does not compile', () => {
  const right: Design['datatype'] = 'register';
  // @ts-expect-error: there is no such datatype.
  const ofSystem: Design['datatype'] = 'registre';
  // @ts-expect-error: there is no such datatype.
  const ofWorkload: Workload['datatype'] = 'registre';
  expect([right, ofSystem, ofWorkload].map((name) => functionsOf(name)?.name)).toEqual([
    'register',
    undefined,
    undefined,
  ]);
});

const claims: Design['claims'] = [];
const CLAIM = { model: 'linearizable', available: 'none', durable: 'no', converges: false, recoversMs: 1000 } as const;
const start: Design['start'] = () => ({ state: null, api: {} });
const calls: Workload['calls'] = () => [];
const common = { heeds: [], calls, final: () => [], checkers: [] };

it('a function that the datatype does not have does not compile', () => {
  const own = { ...datatypeFrom(register), name: 'own', functions: { get: {}, put: {} } };
  const right = [
    defineSystem({ name: 'a', datatype: 'register', without: ['cas'], claims, start }),
    defineSystem({ name: 'b', datatype: 'transactions', without: ['transfer'], claims, start }),
    defineSystem({ name: 'c', datatype: 'pn-counter', without: ['add'], claims, start }),
    defineSystem({ name: 'd', datatype: own, without: ['put'], claims, start }),
    defineSystem({ name: 'e', datatype: register, without: ['cas'], claims, start }),
  ] satisfies readonly Design[];
  // @ts-expect-error: a register has no swap.
  const swap = defineSystem({ name: 'f', datatype: 'register', without: ['swap'], claims, start });
  // @ts-expect-error: transactions have no cas.
  const cas = defineSystem({ name: 'g', datatype: 'transactions', without: ['cas'], claims, start });
  // @ts-expect-error: what is put is got, and not read.
  const read = defineSystem({ name: 'h', datatype: own, without: ['read'], claims, start });
  // @ts-expect-error: there is no such datatype.
  const typo = defineSystem({ name: 'i', datatype: 'registre', claims, start });
  // @ts-expect-error: the kinds of fault are known.
  const fault = defineSystem({ name: 'j', datatype: 'register', claims: [{ ...CLAIM, under: ['partitoin'] }], start });
  expect(right.map(({ without }) => without)).toEqual([['cas'], ['transfer'], ['add'], ['put'], ['cas']]);
  expect([swap, cas, read, typo, fault].map(({ name }) => name)).toEqual(['f', 'g', 'h', 'i', 'j']);
});

it('nor does a mix of such a function', () => {
  const right = defineWorkload({ name: 'a', datatype: 'register', mix: { read: 1, cas: 2 }, ...common });
  // @ts-expect-error: a register has no swap.
  const wrong = defineWorkload({ name: 'b', datatype: 'register', mix: { read: 1, swap: 2 }, ...common });
  expect([right, wrong].map(({ mix }) => Object.keys(mix))).toEqual([
    ['read', 'cas'],
    ['read', 'swap'],
  ]);
});
