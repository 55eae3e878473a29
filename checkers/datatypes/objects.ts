/** Datatypes of single objects, and of many under keys. */

import { counter } from '../models/counter.ts';
import { multiRegister } from '../models/multi-register.ts';
import { register } from '../models/register.ts';
import { text } from '../models/text.ts';
import { cache } from '../monitors/cache.ts';
import { causalReverse } from '../monitors/causal-reverse.ts';
import { counterMonitor } from '../monitors/counter.ts';
import { longFork } from '../monitors/long-fork.ts';
import { uniqueIds } from '../monitors/unique-ids.ts';
import { causal, causalConsistency } from '../sessions/causal.ts';
import { monotonicReads, monotonicWrites, readYourWrites, writesFollowReads } from '../sessions/guarantees.ts';
import { causalMemory, pram } from '../sessions/pram.ts';
import { sequential } from '../sessions/sequential.ts';
import { lostWrites } from '../staleness/lost-writes.ts';
import type { Assumptions, Datatype } from './datatype.ts';
import { anyApi, general, interleaved, monitored, own, session } from './models.ts';
import { ofUnknownNulls, unknownAtNull } from './null-reads.ts';
import { answered, given, isMap, isMops, isNumber, only } from './shapes.ts';
import {
  unwanted,
  wantsOfComments,
  wantsOfCounters,
  wantsOfGroups,
  wantsOfMops,
  wantsOfRegisters,
  wantsOfTexts,
} from './wants.ts';

/** The models of registers, the strongest first. */
const registerModels: Datatype['models'] = unknownAtNull('read', {
  linearizable: general(register),
  sequential: ({ budget, ...assumptions }) =>
    session((options) => sequential({ ...options, ...(budget === undefined ? {} : { maxSteps: budget }) }))(
      assumptions,
    ),
  causal: session(causal),
  CM: session(causalMemory),
  CC: session(causalConsistency),
  PRAM: session(pram),
  'writes-follow-reads': session(writesFollowReads),
  'monotonic-writes': session(monotonicWrites),
  'monotonic-reads': session(monotonicReads),
  'read-your-writes': session(readYourWrites),
  'lost-writes': ({ initial }) => anyApi(lostWrites({ initial: initial ?? null })),
});

/** The models of registers that transactions read and write, judged as one object. */
const multiRegisterModel = ({ nullReads }: Assumptions) =>
  nullReads === 'unknown' ? ofUnknownNulls(multiRegister) : multiRegister;

export const objects: readonly Datatype[] = [
  {
    name: 'long-fork',
    says: 'registers read in groups: no two reads may order two writes differently',
    functions: ['read', 'write', 'txn'],
    wrong: (history) => unwanted(history, wantsOfGroups),
    detect: (history) =>
      only(history, 'read', 'write') && (given(history, 'read', isMops) || given(history, 'write', isMops)),
    model: 'long-fork',
    models: { 'long-fork': own(longFork) },
  },
  {
    name: 'causal-reverse',
    says: 'lists of comments: a read shows no write without those that ended before it began',
    aliases: ['comments'],
    functions: ['write', 'read'],
    wrong: (history) => unwanted(history, wantsOfComments),
    detect: (history) => only(history, 'read', 'write') && answered(history, 'read', Array.isArray) > 0,
    model: 'causal-reverse',
    models: { 'causal-reverse': own(causalReverse) },
  },
  {
    name: 'register',
    says: 'registers by key: read, write, compare-and-set',
    aliases: ['cas-register', 'lin-kv'],
    functions: ['read', 'write', 'cas'],
    wrong: (history) => unwanted(history, wantsOfRegisters),
    detect: (history) => only(history, 'read', 'write', 'cas'),
    model: 'linearizable',
    implies: { linearizable: ['lost-writes'] },
    models: registerModels,
  },
  {
    name: 'kv',
    says: 'texts by key: get, put, append to the end',
    aliases: ['text-store'],
    functions: ['get', 'put', 'append'],
    wrong: (history) => unwanted(history, wantsOfTexts),
    initially: (initial) => (typeof initial === 'string' ? undefined : 'a text'),
    detect: (history) => only(history, 'get', 'put', 'append'),
    model: 'linearizable',
    models: unknownAtNull('get', { linearizable: general(text), sequential: interleaved(text) }),
  },
  {
    name: 'multi-register',
    says: 'transactions of reads and writes, judged as one object',
    functions: ['txn'],
    wrong: (history) => unwanted(history, wantsOfMops),
    initially: (initial) => (isMap(initial) ? undefined : 'a map of values'),
    model: 'linearizable',
    models: {
      linearizable: (assumptions) => general(multiRegisterModel(assumptions))(assumptions),
      sequential: (assumptions) => interleaved(multiRegisterModel(assumptions))(assumptions),
    },
  },
  {
    name: 'cache',
    says: 'a cache by key: get, set (with a time to live), invalidate',
    functions: ['get', 'set', 'invalidate'],
    detect: (history) => only(history, 'get', 'set', 'invalidate'),
    model: 'cache',
    models: { cache: own(cache) },
  },
  {
    name: 'counter',
    says: 'counters by key: add, read',
    functions: ['add', 'read'],
    wrong: (history) => unwanted(history, wantsOfCounters),
    initially: (initial) => (isNumber(initial) ? undefined : 'a number'),
    detect: (history) =>
      only(history, 'add', 'read') &&
      (answered(history, 'read', isNumber) > 0 ||
        (answered(history, 'read', Array.isArray) === 0 && given(history, 'add', isNumber))),
    model: 'linearizable',
    models: { linearizable: monitored(counterMonitor, counter), sequential: interleaved(counter) },
  },
  {
    name: 'unique-ids',
    says: 'identifiers that are given out once: generate',
    functions: ['generate'],
    detect: (history) => only(history, 'generate'),
    model: 'unique-ids',
    models: { 'unique-ids': own(uniqueIds) },
  },
];
