/** MariaDB, SQLite, etcd and Redis: each level's anomalies as they are known to be. */
import { afterAll, describe, expect, it } from 'vitest';
import { measure } from '../../../isolation/measure.ts';
import type { Measurement } from '../../../isolation/result.ts';
import { type Server, startServer } from '../../../isolation/servers.ts';
import { storeKindOf } from '../../../isolation/stores/stores.ts';
import { isServerMissing } from '../../databases/real/needs.ts';

const servers: Server[] = [];
afterAll(async () => {
  for (const server of servers) await server.end();
});

const REPEATABLE_READ = ['OTV', 'P4', 'G-single', 'G2-item', 'G2'];

/** What is seen at each level. Hermitage has MySQL's rows (README at 000346f), docs/isolation.md where they differ. */
const KNOWN: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  mariadb: {
    'read uncommitted': ['G1a', 'G1b', 'G1c', 'OTV', 'PMP', 'P4', 'G-single', 'G2-item', 'G2'],
    'read committed': ['PMP', 'P4', 'G-single', 'G2-item', 'G2'],
    'repeatable read': REPEATABLE_READ,
    serializable: [],
  },
  sqlite: { deferred: [], immediate: [] },
  'sqlite-wal': { deferred: [], immediate: [] },
  etcd: { transaction: [], 'STM serializable snapshot': [], 'STM read committed': ['P4', 'G-single', 'G2-item'] },
  redis: {
    commands: ['G0', 'G1b', 'G1c', 'OTV', 'PMP', 'P4', 'G-single', 'G2-item', 'G2'],
    ...{ MULTI: [], 'WATCH and MULTI': [], script: [] },
  },
};

const seenIn = ({ levels }: Measurement) =>
  Object.fromEntries(
    levels.map(({ name, cells }) => [name, cells.filter(({ state }) => state === 'seen').map(({ column }) => column)]),
  );

describe.each(Object.entries(KNOWN))('%s', (name, known) => {
  it.skipIf(isServerMissing(name))('has the anomalies that are known, and leaves nothing', async () => {
    const server = await startServer(name);
    servers.push(server);
    const url = new URL(server.url);
    const kind = storeKindOf(url);
    const store = await kind.open(url);
    const only = Object.keys(known);
    const options = { store, only, seed: 1, searchMs: 300, connections: 8, times: 1 };
    const measurement = await measure(options).finally(() => store.close());
    expect(seenIn(measurement)).toEqual(known);
    if (url.password !== '') expect(JSON.stringify(measurement)).not.toContain(url.password);
    expect(await kind.clean(url)).toEqual([]);
  });
});
