/** How often, how long, how much: what may be set of Raft without making it wrong. */
export interface Configuration {
  /** A leader sends every follower something at least this often, in ms. */
  readonly heartbeatMs: number;
  /** The least election timeout, in ms; each timeout is drawn between this and twice this (section 5.2). */
  readonly electionTimeoutMs: number;
  /** A log is compacted once it holds so many applied entries (section 7). */
  readonly snapshotThreshold: number;
}

export const DEFAULTS: Configuration = { heartbeatMs: 50, electionTimeoutMs: 200, snapshotThreshold: 16 };
