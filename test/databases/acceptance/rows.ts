/** What databases are known to do, each as a command that shows it, with the controls that must be clean. */

/** A command that must not refute anything. */
export interface Control {
  readonly what: string;
  /** Instead of, and beside, the row's own flags. */
  readonly flags: Flags;
  /** A program that Debian 12 and npm do not have; the run is made where a path to it is given. */
  readonly byHand?: string;
}

export type Flags = Readonly<Record<string, string>>;

export interface Row {
  readonly id: string;
  readonly what: string;
  readonly flags: Flags;
  /** The first anomaly of a refuted claim is one of these. */
  readonly anomalies: readonly string[];
  /** It is among the claim's anomalies, too, wherever it stands. */
  readonly also?: string;
  /** How long a run may take on an idle machine, in seconds. */
  readonly budgetS: number;
  readonly controls: readonly Control[];
}

/** A claim that is not the system's own, under what the row's faults need. */
function claimed(model: string, under: readonly string[]): string {
  const rest = { under, available: 'none', durable: 'no', converges: false, recoversMs: 60_000 };
  return JSON.stringify([{ model, ...rest }]);
}

const POSTGRES = { program: 'postgres=npm:18.4.0-beta.17' };
const REDIS_ALONE = { system: 'redis/sentinel-set', faults: 'primary-alone', time: '25s', rate: '60', keys: '2' };
const ALONE = { faults: 'primary-alone', time: '25s' };
const POWER = { faults: 'power-all', mix: 'add=1' };
const REINDEX = { system: 'postgres/reindexed', workload: 'list-append', nodes: '1', faults: 'reindex', time: '25s' };

/** Holders that dawdle three times as long as their lease, and act all the same. */
const DAWDLING = { workload: 'lease-lock', time: '12s', rate: '60', keys: '3' };
const STALE = ['stale-fencing-token', 'lost-update'];

export const rows: readonly Row[] = [
  {
    ...{ id: 'R1', what: 'Redis with Sentinel loses what it acknowledged (Jepsen: Redis, 2013)', budgetS: 45 },
    ...{ flags: REDIS_ALONE, anomalies: ['lost-write'] },
    controls: [{ what: 'WAIT 1', flags: { system: 'redis/sentinel-set-wait' } }],
  },
  {
    ...{ id: 'R2', what: 'Redis with Sentinel is no register with cas', budgetS: 45 },
    flags: { system: 'redis/sentinel', ...ALONE },
    anomalies: ['lost-update', 'stale-read'],
    controls: [{ what: 'etcd', flags: { system: 'etcd' } }],
  },
  {
    ...{ id: 'R3', what: 'Redis that syncs every second loses what it acknowledged when power fails', budgetS: 35 },
    ...{ flags: { system: 'redis/sentinel-set', ...POWER, time: '15s' }, anomalies: ['lost-write'] },
    controls: [{ what: 'appendfsync always', flags: { system: 'redis/sentinel-set-fsync' } }],
  },
  {
    ...{ id: 'R4', what: 'Redis Cluster loses what its masters acknowledge alone', budgetS: 45 },
    flags: { system: 'redis/cluster', ...ALONE, nodes: '6', rate: '150', keys: '6' },
    anomalies: ['lost-write'],
    controls: [{ what: 'etcd', flags: { system: 'etcd/set' } }],
  },
  {
    ...{ id: 'P1', what: 'repeatable read is not serializable', budgetS: 20 },
    flags: {
      ...{ system: 'postgres/repeatable-read', workload: 'write-skew', faults: 'none', time: '10s', ...POSTGRES },
      claims: claimed('serializable', []),
    },
    anomalies: ['G2-item'],
    controls: [{ what: 'serializable', flags: { system: 'postgres/serializable' } }],
  },
  {
    ...{ id: 'P2', what: 'read committed loses updates', budgetS: 20 },
    flags: {
      ...{ system: 'postgres/read-committed', workload: 'rw-register', faults: 'none', time: '10s', keys: '2' },
      ...{ ...POSTGRES, claims: claimed('snapshot-isolation', []) },
    },
    // Two reads of one transaction that differ are named first: they prove it by themselves.
    anomalies: ['internal', 'lost-update'],
    also: 'lost-update',
    controls: [{ what: 'repeatable read', flags: { system: 'postgres/repeatable-read' } }],
  },
  {
    ...{ id: 'P3', what: 'asynchronous standbys lack what was committed', budgetS: 60 },
    flags: { system: 'postgres/asynchronous', workload: 'list-append', ...ALONE, ...POSTGRES },
    anomalies: ['lost-write', 'incompatible-order'],
    controls: [{ what: 'synchronous, ANY 1', flags: { system: 'postgres/synchronous' } }],
  },
  {
    ...{ id: 'P4', what: 'reads at standbys are old', budgetS: 30 },
    flags: {
      ...{ system: 'postgres/standby-reads', workload: 'list-append', faults: 'delay', time: '15s', ...POSTGRES },
      claims: claimed('strong-snapshot-isolation', ['link']),
    },
    anomalies: [
      'G-single-item-realtime',
      'G-single-item-process',
      'fractured-read-process',
      'G-nonadjacent-item-realtime',
      'G0-realtime',
    ],
    controls: [{ what: 'reads at the primary', flags: { system: 'postgres/repeatable-read' } }],
  },
  {
    ...{ id: 'P5', what: 'PostgreSQL 14.3 corrupts an index that is built anew (bug 17485)', budgetS: 45 },
    flags: { ...REINDEX, rate: '500', keys: '3', program: 'postgres=npm:14.3.0-beta.6' },
    anomalies: ['incompatible-order', 'lost-write', 'internal'],
    controls: [
      { what: '14.5', flags: { program: 'postgres=npm:14.5.0-beta.6' } },
      { what: '17.10', flags: { program: 'postgres=npm:17.10.0-beta.17' } },
    ],
  },
  {
    ...{ id: 'P6', what: 'a cancelled wait for a standby is acknowledged and lost', budgetS: 60 },
    flags: {
      ...{ system: 'postgres/synchronous', workload: 'list-append', ...ALONE, ...POSTGRES },
      ...{ faults: 'cancel-waiting,primary-alone', rhythm: 'mixed', overlap: '1' },
    },
    anomalies: ['lost-write', 'incompatible-order'],
    controls: [{ what: 'without the chore', flags: { faults: 'primary-alone' } }],
  },
  {
    ...{ id: 'E1', what: 'serializable reads of etcd are old', budgetS: 30 },
    flags: { system: 'etcd/serializable-reads', faults: 'primary-alone', time: '12s', keys: '3' },
    anomalies: ['stale-read'],
    controls: [
      { what: 'linearizable reads', flags: { system: 'etcd' } },
      { what: 'the same under more', flags: { system: 'etcd', faults: 'partition,crash,pause,clock', time: '20s' } },
    ],
  },
  {
    ...{ id: 'O1', what: 'OVSDB reads what is old where its leader is cut off', budgetS: 25 },
    // What a leader has logged and not committed holds up reads, too: it shows what is old until it is to write.
    flags: {
      ...{ system: 'ovsdb/local-reads', faults: 'primary-alone', nodes: '5', time: '16s', rate: '60', keys: '1' },
      ...{ mix: 'read=60,write=1', rhythm: 'single', 'fault-every': '8s', 'fault-for': '5s-6s' },
    },
    anomalies: ['stale-read'],
    controls: [{ what: 'reads that write, too', flags: { system: 'ovsdb/confirmed-reads' } }],
  },
  {
    ...{ id: 'L1', what: 'OpenLDAP keeps the later of two changes to one entry, and loses the other', budgetS: 30 },
    flags: { system: 'openldap/values', faults: 'halves', time: '20s', rate: '60', keys: '2' },
    anomalies: ['lost-write'],
    controls: [
      { what: 'an entry for each element', flags: { system: 'openldap/entries' } },
      { what: 'nothing is cut', flags: { faults: 'none' } },
    ],
  },
  {
    ...{ id: 'N1', what: 'NATS loses what it acknowledged when power fails everywhere', budgetS: 45 },
    // It takes ten seconds to serve again: what is acknowledged then is lost with the second failure.
    flags: {
      ...{ system: 'nats/jetstream', ...POWER, time: '30s', rate: '60' },
      ...{ 'fault-every': '20s', 'fault-for': '6s-6.5s', quiet: '14s' },
    },
    anomalies: ['lost-write'],
    controls: [{ what: 'sync_interval: always', flags: { system: 'nats/jetstream-sync' }, byHand: 'nats-server' }],
  },
  {
    ...{ id: 'Z1', what: 'reads of ZooKeeper are old', budgetS: 45, anomalies: ['stale-read'] },
    // Whoever writes at a node that is cut off waits, and reads nothing any more: most calls are reads.
    flags: {
      ...{ system: 'zookeeper/local-reads', faults: 'one-node', time: '15s', rate: '100' },
      ...{ keys: '2', mix: 'read=8,write=2' },
    },
    controls: [
      { what: 'sync before each read', flags: { system: 'zookeeper' } },
      { what: 'one node', flags: { nodes: '1', faults: 'none' } },
    ],
  },
  {
    ...{
      id: 'Q1',
      what: 'mirrored queues of RabbitMQ lose what they confirmed on one side of a partition',
      budgetS: 150,
    },
    // What waits in a queue when the partition ends is lost; of many queues some are found empty afterwards.
    flags: {
      ...{ system: 'rabbitmq/mirrored', faults: 'halves', time: '40s', rate: '60', keys: '30' },
      ...{ mix: 'enqueue=1,dequeue=1', 'fault-every': '35s', 'fault-for': '15s-20s' },
    },
    // Both sides also give out what waited when it began.
    anomalies: ['duplicate', 'lost-write'],
    also: 'lost-write',
    controls: [{ what: 'quorum queues', flags: { system: 'rabbitmq/quorum' } }],
  },
  {
    ...{ id: 'K1', what: 'a lock of Redis guards nothing from a holder who was paused', budgetS: 20, anomalies: STALE },
    flags: { system: 'redis/lock', ...DAWDLING, lease: '500ms', dawdle: '1.5s', faults: 'none' },
    controls: [{ what: 'tokens from INCR, and a resource that looks at them', flags: { system: 'redis/lock-fenced' } }],
  },
  {
    ...{ id: 'K2', what: 'nor does a lease of etcd', budgetS: 25, anomalies: STALE },
    // It counts leases in whole seconds.
    flags: { system: 'etcd/lock', ...DAWDLING, lease: '1s', dawdle: '3s', faults: 'none' },
    controls: [{ what: 'its revision as the token', flags: { system: 'etcd/lock-fenced' } }],
  },
  {
    ...{ id: 'K3', what: 'nor does Redlock, one of whose five clocks jumps', budgetS: 25, anomalies: STALE },
    flags: { system: 'redis/redlock', ...DAWDLING, lease: '500ms', dawdle: '1.5s', faults: 'step' },
    controls: [{ what: 'tokens of a counter beside the resource', flags: { system: 'redis/redlock-fenced' } }],
  },
  {
    ...{ id: 'F1', what: 'the same as R3 on the file system that loses power without root, twenty times', budgetS: 80 },
    flags: {
      ...{ system: 'redis/sentinel-set', ...POWER, disk: 'fuse', nodes: '1', time: '66s', rate: '50' },
      ...{ 'fault-every': '3s', 'fault-for': '500ms-700ms', quiet: '1s' },
    },
    anomalies: ['lost-write'],
    controls: [{ what: 'appendfsync always', flags: { system: 'redis/sentinel-set-fsync' } }],
  },
  {
    ...{ id: 'F2', what: 'the same as F1 on loop devices, where Redis must be repaired', budgetS: 80 },
    flags: {
      ...{ system: 'redis/sentinel-set', ...POWER, disk: 'loop', nodes: '1', time: '66s', rate: '50' },
      ...{ 'fault-every': '3s', 'fault-for': '500ms-700ms', quiet: '1s' },
    },
    anomalies: ['lost-write'],
    controls: [{ what: 'appendfsync always', flags: { system: 'redis/sentinel-set-fsync' } }],
  },
  {
    ...{ id: 'D1', what: 'a disk that lies about its syncs takes what was acknowledged', budgetS: 35 },
    flags: { system: 'redis/sentinel-set-fsync', faults: 'lose', mix: 'add=1', nodes: '1', time: '15s', rate: '50' },
    anomalies: ['lost-write'],
    controls: [
      { what: 'one that is slow', flags: { faults: 'slow' } },
      { what: 'one that fails', flags: { faults: 'io-error' } },
      { what: 'one that is full', flags: { faults: 'full' } },
    ],
  },
];
