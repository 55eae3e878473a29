/**
 * The campaigns for which no file is needed: that of `splitbrain campaign`, the first designs as real processes
 * with the slides' versions beside the sound ones, and that of `splitbrain demo`, which takes seconds.
 */
import type { Expectation } from './expectations.ts';
import type { Matrix } from './matrix.ts';

export function builtInCampaign(expectations: readonly Expectation[]): Matrix {
  return {
    systems: [
      'single-copy',
      'no-replication',
      'sync-replication/slide',
      'sync-replication/sound',
      'async-replication/slide',
      'async-replication/sound',
      'quorum/slide',
      'quorum/abd',
      'quorum/no-write-back',
    ],
    workloads: ['register'],
    faults: ['partition', 'crash', 'pause', 'clock', 'link'],
    seeds: 1,
    seed: 20,
    cluster: 'processes',
    nodes: 3,
    clients: 9,
    durationMs: 3000,
    // One fault, and time to start again after it: a run this short has none for more.
    rhythm: { name: 'single', everyMs: 3000, forMs: [1000, 1500] },
    ratePerSecond: 150,
    keys: 4,
    callTimeoutMs: 500,
    expectations,
  };
}

/** A few designs in the simulation, which no busy machine makes slower than they claim to be. */
export function demoCampaign(expectations: readonly Expectation[]): Matrix {
  const systems = ['single-copy', 'sync-replication/slide', 'quorum/slide', 'quorum/abd', 'replicated-log/raft'];
  return {
    systems,
    workloads: ['register'],
    faults: ['partition', 'crash', 'pause', 'clock'],
    seeds: 2,
    seed: 1,
    cluster: 'simulation',
    nodes: 3,
    clients: 6,
    durationMs: 3000,
    ratePerSecond: 80,
    keys: 4,
    callTimeoutMs: 500,
    expectations: expectations.filter(({ system }) => systems.includes(system)),
  };
}
