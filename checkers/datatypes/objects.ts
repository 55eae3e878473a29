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
import { type Assumptions, type Datatype, datatype, type FunctionRecord } from './datatype.ts';
import { answered, given, only } from './detection.ts';
import { isMops } from './micro-operations.ts';
import { anyApi, general, interleaved, monitored, own, session } from './models.ts';
import { ofUnknownNulls, unknownAtNull } from './null-reads.ts';
import { ANYTHING, LIST, MAP, micro, NUMBER, PAIR, type Shape, TEXT, TEXT_OR_NULL, VALUE } from './shape.ts';
import { strictly } from './strictly.ts';

const REGISTER_MOPS = micro('a list of ["r", key, value] and ["w", key, value]', ['r', 'w']);
const IDENTIFIER: Shape = { says: 'an identifier, which is not null', fits: (value) => value !== null };
const IDENTIFIER_IN_RUNS: Shape = {
  says: 'a number or a string',
  fits: (value) => typeof value === 'string' || NUMBER.fits(value),
};
/** Reads and writes of several registers at once. */
const GROUP: FunctionRecord = { takes: REGISTER_MOPS, returns: REGISTER_MOPS, updates: true, micro: 'always' };

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

/** The datatypes of single objects, and of several under keys. */
export const objects = [
  datatype({
    name: 'long-fork',
    says: 'registers read in groups: no two reads may order two writes differently',
    functions: { read: GROUP, write: GROUP, txn: GROUP },
    detect: (history) =>
      only(history, 'read', 'write') && (given(history, 'read', isMops) || given(history, 'write', isMops)),
    model: 'long-fork',
    realTime: [],
    models: { 'long-fork': own(longFork) },
  }),
  datatype({
    name: 'causal-reverse',
    says: 'lists of comments: a read shows no write without those that ended before it began',
    aliases: ['comments'],
    functions: { write: { takes: ANYTHING }, read: { returns: LIST } },
    detect: (history) => only(history, 'read', 'write') && answered(history, 'read', Array.isArray) > 0,
    model: 'causal-reverse',
    realTime: [],
    models: { 'causal-reverse': own(causalReverse) },
  }),
  datatype({
    name: 'register',
    says: 'registers by key: read, write, compare-and-set',
    aliases: ['cas-register', 'lin-kv'],
    functions: {
      read: { returns: ANYTHING, inRuns: VALUE },
      write: { takes: ANYTHING, repeats: true },
      cas: { takes: PAIR, repeats: true, refusal: 'mismatch' },
    },
    initial: ANYTHING,
    detect: (history) => only(history, 'read', 'write', 'cas'),
    heeds: ['nullReads'],
    model: 'linearizable',
    realTime: ['linearizable', 'lost-writes'],
    implies: { linearizable: ['lost-writes'] },
    models: registerModels,
  }),
  datatype({
    name: 'kv',
    says: 'texts by key: get, put, append to the end',
    aliases: ['text-store'],
    functions: { get: { returns: TEXT_OR_NULL }, put: { takes: TEXT }, append: { takes: TEXT } },
    initial: TEXT,
    detect: (history) => only(history, 'get', 'put', 'append'),
    heeds: ['nullReads'],
    model: 'linearizable',
    realTime: ['linearizable'],
    models: unknownAtNull('get', { linearizable: general(text), sequential: interleaved(text) }),
  }),
  datatype({
    name: 'multi-register',
    says: 'transactions of reads and writes, judged as one object',
    functions: { txn: GROUP },
    initial: MAP,
    heeds: ['nullReads'],
    model: 'linearizable',
    realTime: ['linearizable'],
    models: {
      linearizable: (assumptions) => strictly(assumptions, general(multiRegisterModel(assumptions))(assumptions)),
      sequential: (assumptions) => interleaved(multiRegisterModel(assumptions))(assumptions),
    },
  }),
  datatype({
    name: 'cache',
    says: 'a cache by key: get, set (with a time to live), invalidate',
    functions: { get: { returns: ANYTHING, inRuns: VALUE }, set: { takes: ANYTHING }, invalidate: {} },
    detect: (history) => only(history, 'get', 'set', 'invalidate'),
    model: 'cache',
    realTime: [],
    models: { cache: own(cache) },
  }),
  datatype({
    name: 'counter',
    says: 'counters by key: add, read',
    functions: { add: { takes: NUMBER }, read: { returns: NUMBER } },
    initial: NUMBER,
    detect: (history) =>
      only(history, 'add', 'read') &&
      (answered(history, 'read', NUMBER.fits) > 0 ||
        (answered(history, 'read', Array.isArray) === 0 && given(history, 'add', NUMBER.fits))),
    model: 'linearizable',
    realTime: ['linearizable'],
    models: { linearizable: monitored(counterMonitor, counter), sequential: interleaved(counter) },
  }),
  datatype({
    name: 'unique-ids',
    says: 'identifiers that are given out once: generate',
    functions: { generate: { returns: IDENTIFIER, inRuns: IDENTIFIER_IN_RUNS } },
    detect: (history) => only(history, 'generate'),
    model: 'unique-ids',
    realTime: [],
    models: { 'unique-ids': own(uniqueIds) },
  }),
] as const;
