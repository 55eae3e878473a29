/** Every system that comes with splitbrain, by name. A new one is a file and a line here. */

import { twoPhaseSets } from './2p-set/state.ts';
import { failovers } from './async-replication/failover.ts';
import { asyncSlide } from './async-replication/slide.ts';
import { logShippings } from './async-replication/sound.ts';
import { broadcast } from './broadcast/sound.ts';
import { brokenBroadcasts } from './broadcast/twins.ts';
import { leasedCache } from './cache/lease.ts';
import { cacheSlide } from './cache/slide.ts';
import { replicatedCache } from './cache/sound.ts';
import { brokenLeasedCaches, brokenReplicatedCaches } from './cache/twins.ts';
import { apSystems } from './cap/ap.ts';
import { cp } from './cap/cp.ts';
import { capSlides } from './cap/slide.ts';
import { brokenCpSystems } from './cap/twins.ts';
import { chain, craq } from './chain/chain.ts';
import { chainSlide } from './chain/slide.ts';
import { brokenChains } from './chain/twins.ts';
import { dottedRegisters } from './conflict-resolution/dotted.ts';
import { lastWriterWinsRegisters } from './conflict-resolution/lww.ts';
import { carts } from './conflict-resolution/merge.ts';
import { slideLww } from './conflict-resolution/slide-lww.ts';
import { slideMerge } from './conflict-resolution/slide-merge.ts';
import { slideVector } from './conflict-resolution/slide-vector.ts';
import { deltaCounters } from './g-counter/delta.ts';
import { operationCounters } from './g-counter/op.ts';
import { counterSlide } from './g-counter/slide.ts';
import { stateCounters } from './g-counter/state.ts';
import { growOnlySets } from './g-set/state.ts';
import { fencedLocks } from './lock/fenced.ts';
import { independentLocks } from './lock/independent-nodes.ts';
import { lamportLocks } from './lock/lamport.ts';
import { lockSlide } from './lock/slide.ts';
import { brokenFencedLocks, brokenLamportLocks } from './lock/twins.ts';
import { partitionedLog } from './log/sound.ts';
import { brokenLogs } from './log/twins.ts';
import { lastWriterMaps } from './lww-map/state.ts';
import { lastWriterRegisters } from './lww-register/state.ts';
import { multiValueRegisters } from './mv-register/state.ts';
import { percolator } from './mvcc/percolator.ts';
import { snapshotIsolation } from './mvcc/si.ts';
import { mvccSlide } from './mvcc/slide.ts';
import { serializableSnapshots } from './mvcc/ssi.ts';
import { brokenCommits, brokenPercolators, brokenSerializable, brokenSnapshots } from './mvcc/twins.ts';
import { twoPhaseCommit } from './mvcc/two-phase-commit.ts';
import { noReplication } from './no-replication/no-replication.ts';
import { deltaSets } from './or-set/delta.ts';
import { operationSets } from './or-set/op.ts';
import { observedRemoveSets } from './or-set/state.ts';
import { paxosRegisters } from './paxos/sound.ts';
import { upDownCounters } from './pn-counter/state.ts';
import { queue } from './queue/sound.ts';
import { brokenQueues } from './queue/twins.ts';
import { abd } from './quorum/abd.ts';
import { dynamo, removableDynamo, strictDynamo } from './quorum/dynamo.ts';
import { quorumSlide } from './quorum/slide.ts';
import { brokenRegisters, forgetfulDynamos, sloppyDynamo } from './quorum/twins.ts';
import { raft } from './replicated-log/raft.ts';
import { logSlide } from './replicated-log/slide.ts';
import { raftTwins } from './replicated-log/twins.ts';
import { growableArrays } from './rga/op.ts';
import { singleCopy } from './single-copy/single-copy.ts';
import { syncSlide } from './sync-replication/slide.ts';
import { primaryBackup } from './sync-replication/sound.ts';
import { brokenBackups } from './sync-replication/twins.ts';
import type { Design } from './system.ts';
import { timestampOrdering } from './timestamp-ordering/sound.ts';
import { brokenOrderings } from './timestamp-ordering/twins.ts';
import { causalStores } from './tunable-store/causal.ts';
import { storeModes } from './tunable-store/modes.ts';
import { sessionStores } from './tunable-store/sessions.ts';
import { storeSlides } from './tunable-store/slide.ts';
import { twoPhaseLocking } from './two-phase-locking/sound.ts';
import { locksForgotten, phantoms, releasedEarly } from './two-phase-locking/twins.ts';
import { idSource } from './unique-ids/sound.ts';
import { brokenIdSources } from './unique-ids/twins.ts';

export const systems: readonly Design[] = [
  singleCopy,
  noReplication,
  syncSlide,
  primaryBackup,
  ...brokenBackups,
  asyncSlide,
  ...logShippings,
  ...failovers,
  ...storeSlides,
  ...storeModes,
  ...causalStores,
  ...sessionStores,
  quorumSlide,
  abd,
  ...brokenRegisters,
  dynamo,
  strictDynamo,
  sloppyDynamo,
  removableDynamo,
  ...forgetfulDynamos,
  ...paxosRegisters,
  slideLww,
  slideVector,
  slideMerge,
  ...lastWriterWinsRegisters,
  ...dottedRegisters,
  ...carts,
  ...capSlides,
  cp,
  ...brokenCpSystems,
  ...apSystems,
  logSlide,
  raft,
  ...raftTwins,
  chainSlide,
  chain,
  craq,
  ...brokenChains,
  counterSlide,
  ...stateCounters,
  ...deltaCounters,
  ...operationCounters,
  ...upDownCounters,
  ...growOnlySets,
  ...twoPhaseSets,
  ...observedRemoveSets,
  ...deltaSets,
  ...operationSets,
  ...lastWriterRegisters,
  ...lastWriterMaps,
  ...multiValueRegisters,
  ...growableArrays,
  mvccSlide,
  snapshotIsolation,
  ...brokenSnapshots,
  serializableSnapshots,
  ...brokenSerializable,
  twoPhaseCommit,
  ...brokenCommits,
  percolator,
  ...brokenPercolators,
  twoPhaseLocking,
  releasedEarly,
  phantoms,
  locksForgotten,
  timestampOrdering,
  ...brokenOrderings,
  cacheSlide,
  replicatedCache,
  ...brokenReplicatedCaches,
  leasedCache,
  ...brokenLeasedCaches,
  lockSlide,
  fencedLocks,
  ...brokenFencedLocks,
  ...independentLocks,
  lamportLocks,
  ...brokenLamportLocks,
  queue,
  ...brokenQueues,
  partitionedLog,
  ...brokenLogs,
  broadcast,
  ...brokenBroadcasts,
  idSource,
  ...brokenIdSources,
] as unknown as readonly Design[];
