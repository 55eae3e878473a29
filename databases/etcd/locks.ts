/**
 * Locks as keys that go with a lease (https://etcd.io/docs/v3.4/learning/api/#lease-api), and what they guard. The
 * token of a grant is the revision at which its key was made: "revisions are monotonically increasing"
 * (https://etcd.io/docs/v3.4/learning/api/#revisions). That a lock alone guards nothing from a holder who comes too
 * late, and that the resource must look at the revision, says
 * https://etcd.io/docs/v3.4/learning/why/#notes-on-the-usage-of-lock-and-lease.
 */

import type { GuardedLocks } from '../../systems/lock/guarded.ts';
import { Refused } from '../../systems/node.ts';
import type { FaultKind } from '../../systems/system.ts';
import type { Database, DatabaseSession, Host } from '../database.ts';
import { exclusionClaims, granted, guardedClaims, sessionIn, tooOld } from '../locks.ts';
import { HttpClient } from '../wire/http.ts';
import { ask, base64, cluster } from './gateway.ts';

/** etcd counts a lease in whole seconds: one is never shorter than what was asked for. */
const secondsFor = (ttlMs: number) => Math.ceil(ttlMs / 1000);

/** The guarded resource as it is kept: its value, the newest token that it was shown, and the revision of that. */
interface Kept {
  readonly value: number | null;
  readonly token: number;
  readonly revision: string;
}

/** What clients do with locks, and with a resource that looks at tokens, or trusts whoever comes. */
class Locks {
  private readonly client: HttpClient;
  private readonly looks: boolean;

  constructor(client: HttpClient, looks: boolean) {
    this.client = client;
    this.looks = looks;
  }

  /** A lease that lasts so long from now on: a new one, or the one that is named. */
  async lease(ttlMs: number, known: string | undefined): Promise<string> {
    if (known !== undefined) await this.prolong(known);
    const { ID } =
      known === undefined ? await ask(this.client, 'lease/grant', { TTL: secondsFor(ttlMs) }) : { ID: known };
    if (ID === undefined) throw new Error('a lease without an id was granted');
    return ID;
  }

  /** The lease begins anew. Throws `Refused` where it has run out. */
  async prolong(lease: string): Promise<void> {
    const { result } = await ask(this.client, 'lease/keepalive', { ID: lease });
    if (!(Number(result?.TTL) > 0)) throw new Refused('the lease has run out', { answer: true });
  }

  /** Makes the lock's key, if there is none: its revision, or nothing where another has it. */
  async take(lock: string, lease: string): Promise<number | undefined> {
    const key = base64(lock);
    const { succeeded, header } = await ask(this.client, 'kv/txn', {
      compare: [{ key, target: 'VERSION', version: 0, result: 'EQUAL' }],
      success: [{ requestPut: { key, value: base64(lease), lease } }],
    });
    return succeeded === true ? Number(header?.revision) : undefined;
  }

  /** Removes the lock's key, where it is the lease's. */
  async drop(lock: string, lease: string): Promise<void> {
    const key = base64(lock);
    const { succeeded } = await ask(this.client, 'kv/txn', {
      compare: [{ key, target: 'VALUE', value: base64(lease), result: 'EQUAL' }],
      success: [{ requestDeleteRange: { key } }],
    });
    if (succeeded !== true) throw new Refused('the lock is not held', { answer: true });
  }

  /** Shows the resource a token, and may write there. Returns what was there before. */
  async reach(resource: string, token: number, value?: number): Promise<number | null> {
    for (;;) {
      const before = await this.kept(resource);
      if (this.looks && token < before.token) throw tooOld(token, before.token);
      const isNew = value !== undefined || (this.looks && token > before.token);
      if (!isNew || (await this.put(resource, before, { value: value ?? before.value, token }))) return before.value;
    }
  }

  private async kept(resource: string): Promise<Kept> {
    const { kvs = [] } = await ask(this.client, 'kv/range', { key: base64(resource) });
    const [kv] = kvs;
    if (!kv) return { value: null, token: 0, revision: '0' };
    const stored = JSON.parse(Buffer.from(kv.value, 'base64').toString()) as Omit<Kept, 'revision'>;
    return { ...stored, revision: kv.mod_revision };
  }

  /** Whether it took the place of what was there: if not, another was faster, and nothing has changed. */
  private async put(resource: string, { revision }: Kept, next: Omit<Kept, 'revision'>): Promise<boolean> {
    const key = base64(resource);
    const { succeeded } = await ask(this.client, 'kv/txn', {
      compare: [{ key, target: 'MOD', mod_revision: revision, result: 'EQUAL' }],
      success: [{ requestPut: { key, value: base64(JSON.stringify(next)) } }],
    });
    return succeeded === true;
  }
}

function sessionOf(host: Host, looks: boolean): DatabaseSession<GuardedLocks> {
  const client = new HttpClient(host.port('client'));
  const locks = new Locks(client, looks);
  return {
    close: () => client.close(),
    api: {
      async acquire({ ttlMs, wait, grant }, key = '') {
        return granted(wait, async () => {
          const session = await locks.lease(ttlMs, grant?.session);
          const token = await locks.take(`lock/${key}`, session);
          return token === undefined ? undefined : { session, token };
        });
      },
      async renew({ grant }) {
        await locks.prolong(sessionIn(grant));
        return null;
      },
      async release({ grant }, key = '') {
        await locks.drop(`lock/${key}`, sessionIn(grant));
        return null;
      },
      async use({ grant, token }, key = '') {
        sessionIn(grant);
        return { value: await locks.reach(`resource/${key}`, token ?? 0) };
      },
      async write({ grant, token, value }, key = '') {
        sessionIn(grant);
        return { replaced: await locks.reach(`resource/${key}`, token ?? 0, value) };
      },
    },
  };
}

const UNDER: readonly FaultKind[] = ['partition', 'link', 'crash', 'pause', 'clock', 'disk'];

const locks = (name: string, looks: boolean): Database<GuardedLocks> => ({
  ...(cluster as Database<GuardedLocks>),
  name,
  datatype: 'lease-lock',
  // etcd measures leases by a clock that steps do not move: only one that runs fast lets them end too early.
  claims: [...guardedClaims(UNDER), ...exclusionClaims(['partition', 'link', 'crash', 'pause', 'disk'])],
  connect: async (host) => sessionOf(host, looks),
});

/** The resource trusts its holders, or rejects tokens that are older than what it was shown. */
export const etcdLocks = [locks('etcd/lock', false), locks('etcd/lock-fenced', true)] as const;
