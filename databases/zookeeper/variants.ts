/**
 * ZooKeeper's nodes, as registers and sets. Its documentation
 * (https://zookeeper.apache.org/doc/r3.8.0/zookeeperProgrammers.html#ch_zkGuarantees) says of reads that two clients
 * need not see the same at the same time, and advises a `sync` before them where they must; that they do without is
 * what applications commonly take for granted. Nor does `sync` ask a majority (ZOOKEEPER-1675): while one leader
 * follows another, it may still be answered by the former one.
 */
import type { Elements, Register, Value } from 'elle-ts';
import { Refused } from '../../systems/node.ts';
import { linearizable } from '../claims.ts';
import type { Database, DatabaseSession } from '../database.ts';
import { definitely } from '../definitely.ts';
import { CODE, ZooKeeper, ZooKeeperError } from '../wire/zookeeper.ts';
import { ensemble } from './ensemble.ts';

const LINEARIZABLE = linearizable(20_000);

/** Errors by which a server says that it did nothing; all others leave open what becomes of the request. */
const DEFINITE: readonly number[] = [CODE.sessionExpired, CODE.sessionMoved, CODE.quotaExceeded, CODE.throttled];

const isDefinite = (error: unknown) => error instanceof ZooKeeperError && DEFINITE.includes(error.code);

/** What the task comes to; nothing where the server says by this code that it did nothing. */
async function unless<T>(code: number, task: Promise<T>): Promise<T | undefined> {
  try {
    return await definitely(task, isDefinite);
  } catch (error) {
    if (error instanceof ZooKeeperError && error.code === code) return undefined;
    throw error;
  }
}

const pathOf = (key: string) => `/key-${encodeURIComponent(key)}`;
/** In place of nothing, which is what a task resolves to that the server refused. */
const done = () => true as const;

function registerOf(zk: ZooKeeper, syncs: boolean): DatabaseSession<Register> {
  const make = (path: string, text: string) => unless(CODE.nodeExists, zk.create(path, text).then(done));
  const replace = (path: string, text: string) => unless(CODE.noNode, zk.set(path, text).then(done));
  return {
    close: () => zk.close(),
    api: {
      async read(_, key = '') {
        if (syncs) await zk.sync(pathOf(key));
        const kept = await unless(CODE.noNode, zk.get(pathOf(key)));
        return kept ? (JSON.parse(kept.text) as Value) : null;
      },
      async write(value, key = '') {
        const [path, text] = [pathOf(key), JSON.stringify(value)];
        while (!((await replace(path, text)) ?? (await make(path, text)))) {
          // Another client made it in between.
        }
        return null;
      },
      async cas([old, next], key = '') {
        const [path, text] = [pathOf(key), JSON.stringify(next)];
        for (;;) {
          if (old === null) {
            if (await make(path, text)) return null;
            throw new Refused('mismatch', { answer: true });
          }
          // What it compares with must not be old, whatever reads are.
          await definitely(zk.sync(path), isDefinite);
          const kept = await unless(CODE.noNode, zk.get(path));
          if (!kept || kept.text !== JSON.stringify(old)) throw new Refused('mismatch', { answer: true });
          if (await unless(CODE.badVersion, zk.set(path, text, kept.version).then(done))) return null;
        }
      },
    },
  };
}

/** Elements as nodes below that of their set. */
function setOf(zk: ZooKeeper): DatabaseSession<Elements> {
  /** It may be there already. */
  const make = (path: string) => unless(CODE.nodeExists, zk.create(path, '')).then(done);
  return {
    close: () => zk.close(),
    api: {
      async add(element, key = '') {
        const path = `${pathOf(key)}/${element}`;
        if (!(await unless(CODE.noNode, make(path)))) {
          await make(pathOf(key));
          await make(path);
        }
        return null;
      },
      async read(_, key = '') {
        await zk.sync(pathOf(key));
        const names = (await unless(CODE.noNode, zk.children(pathOf(key)))) ?? [];
        return names.map(Number);
      },
    },
  };
}

const registers = (name: string, syncs: boolean): Database<Register> => ({
  ...(ensemble as Database<Register>),
  name,
  datatype: 'register',
  claims: [LINEARIZABLE],
  connect: async (host) => registerOf(await ZooKeeper.open(host.port('client')), syncs),
});

const sets: Database<Elements> = {
  ...(ensemble as Database<Elements>),
  name: 'zookeeper/set',
  datatype: 'set-full',
  claims: [{ ...LINEARIZABLE, model: 'set' }],
  connect: async (host) => setOf(await ZooKeeper.open(host.port('client'))),
};

/** Reads after a `sync`, and as they are. */
export const zookeepers = [registers('zookeeper', true), registers('zookeeper/local-reads', false), sets] as const;
