/**
 * OVSDB, the database of Open vSwitch, as a cluster (RFC 7047; https://docs.openvswitch.org/en/latest/ref/ovsdb.7/).
 * Claims from there, "Understanding Cluster Consistency": "transactions that involve writes, against any server in the
 * cluster, are linearizable", and "read-only transactions can yield results based on a stale version of the database,
 * if they are executed against a follower", while those "on the leader always yield fresh results". What asks any
 * server and takes reads for fresh is told otherwise, at a leader that is cut off, too; what writes where it reads is
 * not.
 */
import type { Elements, Register, Value } from 'elle-ts';
import type { NodeId } from '../systems/node.ts';
import { linearizable } from './claims.ts';
import type { Database, DatabaseSession, Executable, Host } from './database.ts';
import { definitely } from './definitely.ts';
import { briefly } from './wire/briefly.ts';
import { JsonRpc, RpcError } from './wire/json-rpc.ts';

const NAME = 'splitbrain';
const FILE = 'kept.db';
/** A leader that hears no majority for one to two times as long, in ms, is none any more. */
const ELECTION_MS = 1000;
/** How long a node may take to tell of its state, and to make its first transaction. */
const STATE_MS = 800;
const FORM_MS = 3000;

const STRING = { type: 'string' };
const SCHEMA = {
  name: NAME,
  version: '1.0.0',
  tables: {
    registers: { columns: { key: STRING, value: STRING }, indexes: [['key']], isRoot: true },
    elements: { columns: { key: STRING, element: { type: 'integer' } }, indexes: [['key', 'element']], isRoot: true },
    // Written by reads that are to be as fresh as writes.
    reads: { columns: { by: STRING }, isRoot: true },
  },
};

type Row = Readonly<Record<string, unknown>>;

/** What comes of an operation of a transaction, as far as it is used. */
interface Told {
  readonly rows?: readonly Row[];
  readonly error?: string;
}

/** Errors of the server that come before it makes anything of the transaction. */
const NOT_THERE_YET = ['unknown database', 'database not available'];

/**
 * Makes a transaction. The server makes one anew whose fate in the cluster is open ("at-least-once"): so what then
 * speaks against it may be its own first making, and no error of an operation is definite.
 */
async function transact(rpc: JsonRpc, database: string, operations: readonly object[]): Promise<readonly Told[]> {
  const isNotThere = (error: unknown) => error instanceof RpcError && NOT_THERE_YET.includes(error.message);
  const told = await definitely(rpc.ask('transact', [database, ...operations]), isNotThere);
  if (!Array.isArray(told)) throw new Error('the response to a transaction is no list');
  const results = told as readonly (Told | null)[];
  const error = results.find((result) => result?.error !== undefined)?.error;
  // What fails as a whole is told after the last operation.
  if (error !== undefined) throw new Error(error);
  return operations.map((_, i) => results[i] ?? {});
}

const where = (row: Row) => Object.entries(row).map(([column, value]) => [column, '==', value]);

/** In one transaction, the row that is there goes and the new one comes: made twice, it is the same. */
const put = (table: string, known: Row, row: Row = known) => [
  { op: 'delete', table, where: where(known) },
  { op: 'insert', table, row },
];

/** Sees to it that the transaction is one that writes, and goes through the leader and a majority. */
const CONFIRMED = [
  { op: 'delete', table: 'reads', where: [] },
  { op: 'insert', table: 'reads', row: {} },
];

/** Rows of a table, by the node's own copy; or as of a transaction that goes through the leader. */
async function rowsOf(rpc: JsonRpc, table: string, known: Row, columns: readonly string[], confirmed: boolean) {
  const select = { op: 'select', table, where: where(known), columns };
  const [{ rows } = {}] = await transact(rpc, NAME, [select, ...(confirmed ? CONFIRMED : [])]);
  if (!Array.isArray(rows)) throw new Error('the response to a select has no rows');
  return rows as readonly Row[];
}

async function registerOf(host: Host, confirmed: boolean): Promise<DatabaseSession<Register>> {
  const rpc = await JsonRpc.open(host.port('client'));
  return {
    close: () => rpc.close(),
    api: {
      async read(_, key = '') {
        const [row] = await rowsOf(rpc, 'registers', { key }, ['value'], confirmed);
        return row ? (JSON.parse(String(row.value)) as Value) : null;
      },
      async write(value, key = '') {
        await transact(rpc, NAME, put('registers', { key }, { key, value: JSON.stringify(value) }));
        return null;
      },
    },
  };
}

async function setOf(host: Host): Promise<DatabaseSession<Elements>> {
  const rpc = await JsonRpc.open(host.port('client'));
  return {
    close: () => rpc.close(),
    api: {
      async add(element, key = '') {
        await transact(rpc, NAME, put('elements', { key, element }));
        return null;
      },
      async read(_, key = '') {
        return (await rowsOf(rpc, 'elements', { key }, ['element'], true)).map(({ element }) => Number(element));
      },
    },
  };
}

/** What a node says of itself: whether it leads, hears a majority, and up to where it has the log. */
interface State {
  readonly leader: boolean;
  readonly connected: boolean;
  readonly index: number;
}

async function stateOf(host: Host): Promise<State> {
  const columns = ['leader', 'connected', 'index'];
  const select = { op: 'select', table: 'Database', where: where({ name: NAME }), columns };
  const [told] = await briefly(JsonRpc.open(host.port('client'), STATE_MS), STATE_MS, (rpc) =>
    transact(rpc, '_Server', [select]),
  );
  const row = told?.rows?.[0] ?? {};
  return { leader: row.leader === true, connected: row.connected === true, index: Number(row.index) };
}

const addressOf = (host: Host, of: NodeId) => `tcp:${host.address(of)}:${host.advertised('raft', of)}`;

/** The first node makes the cluster's file, the others one that says whom to join. */
async function prepare(hosts: readonly Host[]): Promise<void> {
  const [first] = hosts as readonly [Host];
  for (const host of hosts) {
    const [file, own] = [`${host.folder}/${FILE}`, addressOf(host, host.id)];
    if (host !== first) {
      await host.run('ovsdb-tool', 'join-cluster', file, NAME, own, addressOf(host, first.id));
      continue;
    }
    host.write('schema', JSON.stringify(SCHEMA));
    const timer = `--election-timer=${ELECTION_MS}`;
    await host.run('ovsdb-tool', timer, 'create-cluster', file, `${host.folder}/schema`, own);
  }
}

/** Whether all hear a majority and have the same log, and one alone leads. */
async function whole(hosts: readonly Host[]): Promise<boolean> {
  const states = await Promise.all(hosts.map(stateOf));
  const [first] = states;
  return (
    states.every(({ connected, index }) => connected && index === first?.index) &&
    states.filter(({ leader }) => leader).length === 1
  );
}

/** Of those that take themselves for the leader the one with the longest log: one that is cut off gets no further. */
async function primary(hosts: readonly Host[]): Promise<NodeId | undefined> {
  const states = await Promise.all(hosts.map((host) => stateOf(host).catch(() => undefined)));
  const leading = hosts.flatMap(({ id }, i) => (states[i]?.leader ? [{ id, index: states[i].index }] : []));
  return leading.sort((a, b) => b.index - a.index)[0]?.id;
}

const debian = (version: readonly string[]): Executable => ({
  ...{ version, places: ['/usr/sbin', '/usr/bin'] },
  install: 'apt-get install openvswitch-common',
});

/** A response in the server's place, with the number of the request. */
function saying(said: object): (request: string) => string {
  return (request) => JSON.stringify({ id: Number(/"id":(\d+)\}$/.exec(request)?.[1]), error: null, ...said });
}

const cluster: Omit<Database, 'name' | 'datatype' | 'claims' | 'connect'> = {
  programs: { 'ovsdb-server': debian(['--version']), 'ovsdb-tool': debian(['--version']) },
  ports: { raft: 'peers', client: 'clients' },
  // A node tells the others where it listens, and nothing else.
  networks: ['namespaces'],
  needsFolder:
    'a server of OVSDB that has lost its file is another one, which an operator lets in: take crash or power-one',
  noticesMs: 4 * ELECTION_MS,
  readyMs: 30_000,
  staged: [
    {
      ...{ says: 'a database that is not there yet', to: '"transact"', is: 'fail' },
      response: saying({ error: { error: 'unknown database' } }),
    },
    {
      ...{ says: 'a schema that changes meanwhile', to: '"transact"', is: 'info' },
      response: saying({ error: 'canceled' }),
    },
    {
      ...{ says: 'an error of the whole after all operations went well', to: '"transact"', is: 'info' },
      response: saying({ result: [{ count: 0 }, { uuid: ['uuid', '-'] }, { error: 'I/O error' }] }),
      looksDone: true,
    },
  ],
  prepare,
  commands: (host) => [
    {
      program: 'ovsdb-server',
      args: [
        ...[`${host.folder}/${FILE}`, `--remote=ptcp:${host.port('client')}:${host.address()}`],
        ...['--no-chdir', `--unixctl=${host.folder}/control`, '-vconsole:warn', '-vfile:off', '-vsyslog:off'],
      ],
    },
  ],
  async form(hosts) {
    for (const host of hosts)
      await briefly(JsonRpc.open(host.port('client')), FORM_MS, (rpc) => transact(rpc, NAME, CONFIRMED));
  },
  whole,
  primary,
};

const CLAIM = linearizable(20_000);

const registers = (name: string, confirmed: boolean): Database<Register> => ({
  ...(cluster as Database<Register>),
  ...{ name, datatype: 'register', without: ['cas'], claims: [CLAIM] },
  connect: (host) => registerOf(host, confirmed),
});

const sets: Database<Elements> = {
  ...(cluster as Database<Elements>),
  ...{ name: 'ovsdb/set', datatype: 'set-full', claims: [{ ...CLAIM, model: 'set' }] },
  connect: setOf,
};

/** Registers whose reads are of the node that is asked, or go through the leader; and sets of the latter kind. */
export const ovsdbs = [registers('ovsdb/local-reads', false), registers('ovsdb/confirmed-reads', true), sets] as const;
