/**
 * Slide 9, "Replication Log Management", line by line: each node has its `ReplicationLog`, on
 * disk, and replication, which the slide simulates by handing one object's entries to another,
 * is a question to each of the others in turn. A hundred of the slide's entries are two here.
 *
 * The slide claims "ordered application of updates" and "efficient compaction". But two nodes that write at once
 * make the same sequence numbers, and each passes over the other's entries as ones that it has; gaps are accepted;
 * and whoever is behind what another has compacted away skips that silently, for the snapshot is never sent.
 */
import type { Register, Value } from 'elle-ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { Design } from '../system.ts';

interface LogEntry {
  readonly sequenceId: number;
  readonly operation: 'SET' | 'DELETE';
  readonly key: string;
  readonly value: Value;
  readonly timestamp: number;
  readonly nodeId: NodeId;
}

type Values = Record<string, Value>;

const MAX_LOG_SIZE = 20;
const KEPT = 2;
const REPLICATE_MS = 50;

class ReplicationLog {
  log: LogEntry[] = [];
  sequenceCounter = 0;
  snapshot: Values = {};
  private readonly nodeId: NodeId;

  constructor(nodeId: NodeId) {
    this.nodeId = nodeId;
  }

  append(operation: LogEntry['operation'], key: string, value: Value, timestamp: number): LogEntry {
    this.sequenceCounter += 1;
    const entry = { sequenceId: this.sequenceCounter, operation, key, value, timestamp, nodeId: this.nodeId };
    this.log.push(entry);
    if (this.log.length > MAX_LOG_SIZE) this.compactLog();
    return entry;
  }

  private compactLog(): void {
    // Create snapshot of current state
    for (const entry of this.log) apply(entry, this.snapshot);
    // Keep only recent entries
    this.log = this.log.slice(-KEPT);
  }

  getEntriesSince(sequenceId: number): readonly LogEntry[] {
    return this.log.filter((entry) => entry.sequenceId > sequenceId);
  }

  applyEntries(entries: readonly LogEntry[]): void {
    for (const entry of [...entries].sort((x, y) => x.sequenceId - y.sequenceId)) {
      if (entry.sequenceId > this.sequenceCounter) {
        this.sequenceCounter = entry.sequenceId;
        this.log.push(entry);
      }
    }
    if (this.log.length > MAX_LOG_SIZE) this.compactLog();
  }

  /** What the updates come to, which the slide leaves to whoever reads the log. */
  get values(): Values {
    const values = { ...this.snapshot };
    for (const entry of this.log) apply(entry, values);
    return values;
  }
}

function apply({ operation, key, value }: LogEntry, values: Values): void {
  if (operation === 'SET') values[key] = value;
  else if (operation === 'DELETE') delete values[key];
}

async function start(node: Node) {
  const mine = new ReplicationLog(node.id);
  const kept = await node.disk.read<Pick<ReplicationLog, 'log' | 'sequenceCounter' | 'snapshot'>>('log');
  if (kept) Object.assign(mine, kept);
  const keep = () => {
    const { log, sequenceCounter, snapshot } = mine;
    return node.disk.write('log', { log, sequenceCounter, snapshot });
  };

  node.on('get_entries_since', ({ sequenceId }: { sequenceId: number }) => mine.getEntriesSince(sequenceId));
  async function replicateFrom(peer: NodeId): Promise<void> {
    const since = { sequenceId: mine.sequenceCounter };
    const entries = await node.call<LogEntry[]>(peer, 'get_entries_since', since, 2 * REPLICATE_MS);
    mine.applyEntries(entries);
    if (entries.length > 0) await keep();
  }

  async function replicate(): Promise<void> {
    for (;;) {
      for (const peer of node.peers) {
        await node.sleep(REPLICATE_MS);
        await replicateFrom(peer).catch(() => undefined);
      }
      if (node.peers.length === 0) return;
    }
  }
  void replicate();

  return {
    get state(): Values {
      return mine.values;
    },
    api: {
      read: async (_: null, key = ''): Promise<Value> => mine.values[key] ?? null,
      async write(value: Value, key = ''): Promise<null> {
        mine.append(value === null ? 'DELETE' : 'SET', key, value, node.now());
        await keep();
        return null;
      },
      async cas(): Promise<null> {
        throw new Refused('the slide has no compare-and-set');
      },
    },
  };
}

export const logSlide: Design<Register, Values> = {
  name: 'replicated-log/slide',
  datatype: 'register',
  without: ['cas'],
  claims: [
    {
      model: 'eventual',
      under: ['partition', 'link', 'crash', 'pause', 'clock'],
      available: 'total',
      durable: 'always',
      converges: true,
      recoversMs: 2000,
    },
  ],
  flaw: {
    says: 'two nodes that write at once make the same sequence numbers, and each passes over what the other wrote',
    anomaly: 'divergence',
    at: 'this.sequenceCounter += 1;',
  },
  start,
};
