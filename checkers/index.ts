/** elle-ts: judges histories of concurrent operations. This file is the package's whole interface. */

export { type AnomalyKind, anomalyKinds } from './anomalies.ts';
export { ArgumentError } from './argument-error.ts';
export { type Analyse, type Anomaly, type Checker, type CycleEdge, checking, type Verdict, worst } from './checker.ts';
export type { Conformed } from './datatypes/conform.ts';
export { type Assumptions, type Datatype, datatype, type FunctionRecord } from './datatypes/datatype.ts';
export { type ProvenPair, provenPairs, sameModels } from './datatypes/equal-models.ts';
export { type AnyModel, datatypeFrom, isModel } from './datatypes/from-model.ts';
export {
  type FunctionName,
  functionsOf,
  type Interface,
  type InterfaceName,
  interfaces,
  nameOf,
  type Offered,
} from './datatypes/interfaces.ts';
export { datatypeOf, modelNames, modelOf, weakerOf } from './datatypes/lookup.ts';
export { modelDefinitions } from './datatypes/model-definitions.ts';
export type { Reason } from './datatypes/refusals.ts';
export { type DatatypeName, datatypes } from './datatypes/registry.ts';
export { type Returned, returnedInRun } from './datatypes/returned.ts';
export type { Shape } from './datatypes/shape.ts';
export { lostAdditions } from './durability/additions.ts';
export { type LostElementsOptions, lostElements, lostInsertions } from './durability/elements.ts';
export { type DurabilityChecker, type Loss, type LossReport, lossesAmong } from './durability/losses.ts';
export { lostFromQueue, lostMessages } from './durability/messages.ts';
export { lostRows } from './durability/rows.ts';
export { type LostWritesOptions, lostAppends, lostTransactionWrites } from './durability/transactions.ts';
export { lostTransfers } from './durability/transfers.ts';
export { explain } from './explain/explain.ts';
export { counted, withArticle } from './explain/grammar.ts';
export { membersText } from './explain/label.ts';
export { type Room, sketch } from './explain/sketch.ts';
export { EdnReader } from './formats/edn.ts';
export {
  type BinaryFormat,
  binaryFormats,
  type Format,
  formats,
  historyReader,
  readHistory,
} from './formats/formats.ts';
export { HistoryError } from './formats/history-error.ts';
export { completionLine, invocationLine, nemesisLine } from './formats/jsonl.ts';
export { LONGEST, type ReadOptions } from './formats/options.ts';
export type { Reader, Reading } from './formats/reader.ts';
export {
  type Api,
  type Call,
  type Columns,
  FAIL,
  type History,
  INFO,
  type Input,
  NEVER,
  NEVER_COLUMN,
  type NemesisEvent,
  OK,
  type Operation,
  type Outcome,
  type Output,
} from './history.ts';
export { HistoryBuilder, historyLike, historyOf } from './history-builder.ts';
export { type SequentialObjectsOptions, sequentialObjects } from './interleaving/sequential.ts';
export { verifyInterleaving } from './interleaving/verify.ts';
export { judge, judgePrepared, type Prepared, prepare } from './judge.ts';
export type { Judgement, JudgeOptions } from './judgement.ts';
export type { Linearization } from './linearizable/certificate.ts';
export { linearizable } from './linearizable/linearizable.ts';
export type { LinearizableOptions } from './linearizable/options.ts';
export type { RegisterRows } from './linearizable/register-columns.ts';
export { verifyLinearization } from './linearizable/verify.ts';
export type { Violation, Zones } from './linearizable/zone-verdict.ts';
export { zones } from './linearizable/zones.ts';
export type { Model } from './model.ts';
export { type Counter, counter } from './models/counter.ts';
export { type MultiRegister, multiRegister, type RegisterMop, type Registers } from './models/multi-register.ts';
export { type Mutex, mutex } from './models/mutex.ts';
export {
  holds,
  type Predicate,
  type PredicateMop,
  type PredicateRegisters,
  predicateRegisters,
  type Rows,
} from './models/predicate-registers.ts';
export { type PriorityQueue, priorityQueue } from './models/priority-queue.ts';
export { type Queue, queue } from './models/queue.ts';
export { type Register, register, type Value } from './models/register.ts';
export { semaphore } from './models/semaphore.ts';
export { type Elements, set } from './models/set.ts';
export { type Stack, stack } from './models/stack.ts';
export { type Text, text } from './models/text.ts';
export { type Bank, type BankOptions, bank } from './monitors/bank.ts';
export { type Cache, type CacheOptions, cache } from './monitors/cache.ts';
export { type Comments, causalReverse } from './monitors/causal-reverse.ts';
export { counterMonitor } from './monitors/counter.ts';
export { counterBounds } from './monitors/counter-bounds.ts';
export { elementSet } from './monitors/element-set.ts';
export { fencingTokens } from './monitors/fencing-tokens.ts';
export { finalCounterReports } from './monitors/final-counter.ts';
export { finalSet } from './monitors/final-set.ts';
export { growOnlySet } from './monitors/grow-only-set.ts';
export { type LeaseLock, leaseLock } from './monitors/lease-lock.ts';
export type { LeaseOptions } from './monitors/leases.ts';
export { type LockOptions, mutualExclusion, semaphoreOf } from './monitors/locks.ts';
export type { LogCycle } from './monitors/log/cycles.ts';
export { type PollLag, worstPollLag } from './monitors/log/lag.ts';
export { type LogOptions, type LogReport, logMonitor, logReport } from './monitors/log/log.ts';
export type { LogError, LogErrorClass } from './monitors/log/log-error.ts';
export type { Log } from './monitors/log/operations.ts';
export { type ForkRegisters, longFork } from './monitors/long-fork.ts';
export type { MonitorOptions } from './monitors/monitor.ts';
export { type PredicateInserts, predicateInserts } from './monitors/predicate-inserts.ts';
export { largestFirst } from './monitors/priority-queue.ts';
export { fifoQueue } from './monitors/queue.ts';
export {
  type ElementStory,
  type SetFullOptions,
  type SetFullReport,
  setFull,
  setFullReports,
} from './monitors/set-full.ts';
export { lifoStack } from './monitors/stack.ts';
export {
  type DrainableQueue,
  type TotalQueueOptions,
  type TotalQueueReport,
  totalQueue,
  totalQueueReport,
} from './monitors/total-queue.ts';
export { givenOut, type UniqueIds, uniqueIds } from './monitors/unique-ids.ts';
export { unorderedQueue } from './monitors/unordered-queue.ts';
export { convergence, type Sameness, strongConvergence } from './replicated/convergence.ts';
export { finalCounter, gCounter, pnCounter } from './replicated/counters.ts';
export { differenceOf } from './replicated/difference.ts';
export { type ReplicatedList, replicatedList } from './replicated/list.ts';
export { mixedRuns } from './replicated/mixed-runs.ts';
export {
  type LastWriterWinsOptions,
  lwwMap,
  lwwRegister,
  type MultiValueRegister,
  mvRegister,
  type ReplicatedRegister,
} from './replicated/registers.ts';
export { gSet, orSet, twoPhaseSet } from './replicated/sets.ts';
export { type Visibility, visibilities, visibility, visibilityReport } from './replicated/visibility.ts';
export { causal, causalConsistency } from './sessions/causal.ts';
export { monotonicReads, monotonicWrites, readYourWrites, writesFollowReads } from './sessions/guarantees.ts';
export { causalMemory, pram } from './sessions/pram.ts';
export type { RegisterOptions } from './sessions/registers.ts';
export { type SequentialOptions, sequential } from './sessions/sequential.ts';
export { lostWriteCount, lostWrites } from './staleness/lost-writes.ts';
export { type Distribution, type Staleness, staleness } from './staleness/staleness.ts';
export {
  boundary,
  impliedAnomalies,
  impliedModels,
  impossibleModels,
  modelName,
  modelsRuledOut,
  prohibitedAnomalies,
  strongestModels,
  weakestModels,
} from './transactions/boundary.ts';
export { elleLattice, type Lattice, lattice } from './transactions/lattice.ts';
export { precedence, type Span } from './transactions/precedence.ts';
export { analyseRows, overRows, type RowOptions } from './transactions/predicates/predicates.ts';
export { type RowModel, rowRules } from './transactions/predicates/rules.ts';
export { analyse, type TransactionOptions, transactional } from './transactions/transactional.ts';
export { refute, type TransactionCertificate } from './transactions/verify.ts';
export { type Writer, type Written, writers } from './writers/writers.ts';
