/**
 * How each metric is computed: what `splitbrain list metrics`
 * prints and the comparison's page shows beside its figures.
 */
export interface Definition {
  readonly name: string;
  /** Where it is in a run's verdict.json. */
  readonly path: string;
  readonly unit: string;
  readonly says: string;
}

export const METRICS: readonly Definition[] = [
  {
    name: 'clean-window ratio',
    path: 'metrics.consistency',
    unit: 'share, 95% interval',
    says: 'the share of one-second windows that no counterexample of the model reaches into, from its first invocation to its last completion; a counterexample of a weaker model counts for every stronger one, a read proved stale for linearizability. An upper bound, as checkers stop at their first proofs. Wilson’s interval over windows and seeds',
  },
  {
    name: 'latency',
    path: 'metrics.latencyMs',
    unit: 'ms',
    says: 'from invocation to completion of answered calls, by node and function: p50, p95, p99, max, each too large by less than 0.8% and never too small; calls without an answer count for availability instead',
  },
  {
    name: 'node health',
    path: 'metrics.health',
    unit: 'calls',
    says: 'for each node and one-second window the calls that began there and those of them that were answered',
  },
  {
    name: 'availability',
    path: 'metrics.availability',
    unit: 'share',
    says: 'answered calls among those that began while the fault lasted, apart for the nodes on a majority side (which, with those they can talk to both ways, are more than half) and a minority side of a partition, or hit and others; `calm` is while no fault lasted. A result of the datatype is an answer too: a swap that found another value, a lock that is held, a transaction that is aborted; a refusal for want of a quorum or a leader is none. `committed` are the calls that succeeded',
  },
  {
    name: 'recovery',
    path: 'metrics.availability.faults.recoveryMs',
    unit: 'ms',
    says: 'from the end of a fault until every node has answered a call made after that: at most, since nodes are asked only as often as clients call',
  },
  {
    name: 'recovery by kind',
    path: 'metrics.availability.recoveries',
    unit: 'ms',
    says: 'for each kind of fault, how many ended while no other lasted and none began before every node had answered again, after how many of these every node did, and the median and the longest time; only these count in comparisons',
  },
  {
    name: 'staleness in time',
    path: 'metrics.staleness.ageMs',
    unit: 'ms',
    says: 'age of what a read returned: from when a write that certainly superseded the value had returned, or been read, to the beginning of the read, 0 where nothing proves it stale; p50, p99 and max over all reads. `stale` counts reads that were superseded so and those that a checker proves stale by other means. Registers only',
  },
  {
    name: 'staleness in versions',
    path: 'metrics.staleness.versions',
    unit: 'versions',
    says: 'writes that began after the value’s write had returned and returned before the read began: certainly newer, so at least. Registers only',
  },
  {
    name: 'lost writes',
    path: 'metrics.writes',
    unit: 'per million',
    says: 'acknowledged writes of which it is certain that every later read missed them, per million acknowledged. Registers, growing sets and queues that are drained',
  },
  {
    name: 'messages per operation',
    path: 'metrics.traffic.messagesPerOperation',
    unit: 'messages',
    says: 'messages between nodes, background and final phase included, per answered call; clients’ own requests do not count',
  },
  {
    name: 'bytes per operation',
    path: 'metrics.traffic.bytesPerOperation',
    unit: 'bytes',
    says: 'bytes of those messages’ bodies as JSON, per answered call',
  },
];
