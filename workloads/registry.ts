/** Every workload that comes with splitbrain, by name. A new one is a file and a line here. */
import { bankWorkload } from './bank.ts';
import { broadcastWorkload } from './broadcast.ts';
import { cacheWorkload } from './cache.ts';
import { causalRegisterWorkload } from './causal-register.ts';
import { echoWorkload } from './echo.ts';
import { kafkaWorkload } from './kafka.ts';
import { leaseLockWorkload, nestedLocksWorkload } from './lease-lock.ts';
import { listAppendWorkload } from './list-append.ts';
import { logWorkload } from './log.ts';
import { longForkWorkload } from './long-fork.ts';
import { movingSessionsWorkload } from './moving-sessions.ts';
import { predicateRegistersWorkload } from './predicate-registers.ts';
import { queueWorkload } from './queue.ts';
import { registerWorkload } from './register.ts';
import { removalsWorkload } from './removals.ts';
import { growingCounterWorkload, upDownCounterWorkload } from './replicated-counters.ts';
import { lastWriterWorkload, multiValueWorkload } from './replicated-registers.ts';
import { observedSetWorkload, twoPhaseSetWorkload } from './replicated-sets.ts';
import { blindWritesWorkload, rwRegisterWorkload } from './rw-register.ts';
import { sharedSetWorkload } from './shared-set.ts';
import { siblingsWorkload } from './siblings.ts';
import { textWorkload } from './text.ts';
import { typingWorkload } from './typing.ts';
import { uniqueIdsWorkload } from './unique-ids.ts';
import type { Workload } from './workload.ts';
import { writeSkewWorkload } from './write-skew.ts';

export const workloads: readonly Workload[] = [
  registerWorkload,
  causalRegisterWorkload,
  movingSessionsWorkload,
  removalsWorkload,
  siblingsWorkload,
  sharedSetWorkload,
  growingCounterWorkload,
  upDownCounterWorkload,
  twoPhaseSetWorkload,
  observedSetWorkload,
  lastWriterWorkload,
  multiValueWorkload,
  textWorkload,
  typingWorkload,
  rwRegisterWorkload,
  listAppendWorkload,
  blindWritesWorkload,
  bankWorkload,
  longForkWorkload,
  writeSkewWorkload,
  predicateRegistersWorkload,
  broadcastWorkload,
  uniqueIdsWorkload,
  leaseLockWorkload,
  nestedLocksWorkload,
  cacheWorkload,
  queueWorkload,
  logWorkload,
  echoWorkload,
  kafkaWorkload,
] as unknown as readonly Workload[];
