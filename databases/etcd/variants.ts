/**
 * etcd's keys, as registers and sets. Claims from
 * https://etcd.io/docs/v3.4/learning/api_guarantees/: all operations but serializable reads are linearizable, and
 * "a serializable read may return stale data".
 */
import type { Elements, Register, Value } from 'elle-ts';
import { Refused } from '../../systems/node.ts';
import { linearizable } from '../claims.ts';
import type { Database, DatabaseSession, Host } from '../database.ts';
import { HttpClient } from '../wire/http.ts';
import { ask, base64, cluster } from './gateway.ts';

const LINEARIZABLE = linearizable(15_000);

function registerOf(host: Host, serializable: boolean): DatabaseSession<Register> {
  const client = new HttpClient(host.port('client'));
  const valued = (value: Value) => base64(JSON.stringify(value));
  return {
    close: () => client.close(),
    api: {
      async read(_, key = '') {
        const { kvs = [] } = await ask(client, 'kv/range', { key: base64(key), serializable });
        return kvs[0] ? (JSON.parse(Buffer.from(kvs[0].value, 'base64').toString()) as Value) : null;
      },
      async write(value, key = '') {
        await ask(client, 'kv/put', { key: base64(key), value: valued(value) });
        return null;
      },
      async cas([old, next], key = '') {
        const is = old === null ? { target: 'VERSION', version: 0 } : { target: 'VALUE', value: valued(old) };
        const { succeeded } = await ask(client, 'kv/txn', {
          compare: [{ key: base64(key), result: 'EQUAL', ...is }],
          success: [{ requestPut: { key: base64(key), value: valued(next) } }],
        });
        if (succeeded !== true) throw new Refused('mismatch', { answer: true });
        return null;
      },
    },
  };
}

/** Elements as keys below that of their set: `KEY/ELEMENT`. `0` follows `/`, so that it ends their range. */
function setOf(host: Host): DatabaseSession<Elements> {
  const client = new HttpClient(host.port('client'));
  return {
    close: () => client.close(),
    api: {
      async add(element, key = '') {
        await ask(client, 'kv/put', { key: base64(`${key}/${element}`), value: base64('') });
        return null;
      },
      async read(_, key = '') {
        const range = { key: base64(`${key}/`), range_end: base64(`${key}0`), keys_only: true };
        const { kvs = [] } = await ask(client, 'kv/range', range);
        return kvs.map((kv) =>
          Number(
            Buffer.from(kv.key, 'base64')
              .toString()
              .slice(key.length + 1),
          ),
        );
      },
    },
  };
}

const registers = (name: string, serializable: boolean): Database<Register> => ({
  ...(cluster as Database<Register>),
  name,
  datatype: 'register',
  claims: [LINEARIZABLE],
  connect: async (host) => registerOf(host, serializable),
});

const sets: Database<Elements> = {
  ...(cluster as Database<Elements>),
  name: 'etcd/set',
  datatype: 'set-full',
  claims: [{ ...LINEARIZABLE, model: 'set' }],
  connect: async (host) => setOf(host),
};

export const etcds = [registers('etcd', false), registers('etcd/serializable-reads', true), sets] as const;
