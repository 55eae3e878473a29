/**
 * OpenLDAP with several providers, each of which takes writes and tells all others
 * (https://www.openldap.org/doc/admin25/replication.html). Clients write at the first that answers them, as that page's
 * mirror mode wants it, which "provides all of the consistency guarantees of single-provider replication" while "writes
 * to one provider" are seen to; and where a network comes apart, each side has a first. "Merging records can be a
 * pain", the page says of several providers whose links are cut: of two changes to one entry the later is kept. That
 * what was acknowledged stays is what applications commonly take for granted. Clocks must be the same, so that none
 * that moves is in the claims.
 */
import type { Elements } from 'elle-ts';
import { type NodeId, Refused } from '../systems/node.ts';
import type { Database, DatabaseSession, Host } from './database.ts';
import { definitely } from './definitely.ts';
import { type Ber, ber, berNumber, berText, numberIn, TAG, valuesIn } from './wire/ber.ts';
import { briefly, greeted } from './wire/briefly.ts';
import { Ldap, LdapError } from './wire/ldap.ts';

const SUFFIX = 'dc=splitbrain';
const ROOT = `cn=root,${SUFFIX}`;
/** No server but on 127.0.0.1 has it. */
const PASSWORD = 'splitbrain';
/** The entry whose values are the elements of all sets. */
const SHARED = `cn=elements,${SUFFIX}`;
/** How long a provider may take to let a client in. */
const LOGIN_MS = 400;
/** How long a node may take to tell of its state. */
const STATE_MS = 800;

/** Results by which a server says that it does nothing: a referral, no such entry, busy, unwilling (RFC 4511, A.2). */
const DEFINITE = [10, 32, 51, 53];

/** A key as a value that no character of it changes, whatever LDAP makes of letters and spaces. */
const hex = (key: string) => Buffer.from(key).toString('hex');
const elementIn = (value: string) => Number(value.slice(value.indexOf('-') + 1));

/** Logs in at a port of a node. Rejects with `Refused` where that takes too long: nothing was asked yet. */
async function login(port: number): Promise<Ldap> {
  const ldap = await Ldap.open(port, LOGIN_MS);
  return definitely(
    greeted(ldap, LOGIN_MS, () => ldap.bind(ROOT, PASSWORD)),
    () => true,
  );
}

/** The first provider that lets this node's clients in, in the order that all clients have. */
async function firstThatAnswers(host: Host): Promise<Ldap> {
  for (const node of host.nodes) {
    const ldap = await login(host.link('ldap', node)).catch(() => undefined);
    if (ldap) return ldap;
  }
  throw new Refused('no provider answers');
}

const isDefinite = (error: unknown) => error instanceof LdapError && DEFINITE.includes(error.code);

/** How elements are kept. */
interface Layout {
  add(ldap: Ldap, key: string, element: number): Promise<void>;
  read(ldap: Ldap, key: string): Promise<readonly number[]>;
}

/** Each element is a value of one attribute of one entry that all sets share. */
const asValues: Layout = {
  add: (ldap, key, element) => ldap.addValues(SHARED, { description: [`${hex(key)}-${element}`] }),
  async read(ldap, key) {
    const [entry] = await ldap.search(SHARED, 'itself', ['objectClass'], ['description']);
    if (!entry) throw new Error('the entry of all elements is not there');
    const { description = [] } = entry.attributes;
    return description.filter((value) => value.startsWith(`${hex(key)}-`)).map(elementIn);
  },
};

/** Each element is an entry of its own. */
const asEntries: Layout = {
  add(ldap, key, element) {
    const cn = `${hex(key)}-${element}`;
    return ldap.addEntry(`cn=${cn},${SUFFIX}`, { objectClass: ['device'], cn: [cn], serialNumber: [`x${hex(key)}`] });
  },
  async read(ldap, key) {
    const found = await ldap.search(SUFFIX, 'below', ['serialNumber', `x${hex(key)}`], ['cn']);
    return found.map(({ attributes }) => elementIn(attributes.cn?.[0] ?? ''));
  },
};

async function sessionOf(host: Host, { add, read }: Layout): Promise<DatabaseSession<Elements>> {
  const ldap = await firstThatAnswers(host);
  return {
    close: () => ldap.close(),
    api: {
      async add(element, key = '') {
        await definitely(add(ldap, key, element as number), isDefinite);
        return null;
      },
      read: (_, key = '') => definitely(read(ldap, key), isDefinite),
    },
  };
}

/** What a node takes for the latest change of every provider, as one text. */
async function knownBy(host: Host): Promise<string> {
  return briefly(login(host.port('ldap')), STATE_MS, async (ldap) => {
    const [entry] = await ldap.search(SUFFIX, 'itself', ['objectClass'], ['contextCSN']);
    if (!entry) throw new Error(`${host.id} does not have the directory yet`);
    return [...(entry.attributes.contextCSN ?? [])].sort().join(' ');
  });
}

/** The node at which clients write: the first that lets anybody in. */
async function primary(hosts: readonly Host[]): Promise<NodeId | undefined> {
  for (const host of hosts) {
    const ldap = await login(host.port('ldap')).catch(() => undefined);
    ldap?.close();
    if (ldap) return host.id;
  }
  return undefined;
}

/** It tells whole seconds, as `20261201045656Z`. */
const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

async function clock(host: Host): Promise<number> {
  return briefly(login(host.port('ldap')), STATE_MS, async (ldap) => {
    const name = 'cn=Current,cn=Time,cn=Monitor';
    const [entry] = await ldap.search(name, 'itself', ['objectClass'], ['monitorTimestamp']);
    const parts = TIME.exec(entry?.attributes.monitorTimestamp?.[0] ?? '')
      ?.slice(1)
      .map(Number);
    if (!parts) throw new Error(`${host.id} does not tell its time`);
    const [year, month, day, hour, minute, second] = parts as [number, number, number, number, number, number];
    return Date.UTC(year, month - 1, day, hour, minute, second) + 500;
  });
}

/** The same on every node from the beginning, to the last attribute. */
function directory(): string {
  const added = (name: string, id: number, ...lines: readonly string[]) => [
    ...[`dn: ${name}`, ...lines, `entryUUID: 00000000-0000-4000-8000-00000000000${id}`],
    ...[`entryCSN: 20200101000000.00000${id}Z#000000#000#000000`, ''],
  ];
  return [
    ...added(SUFFIX, 1, 'objectClass: domain', 'dc: splitbrain'),
    ...added(SHARED, 2, 'objectClass: device', 'cn: elements'),
  ].join('\n');
}

function configuration(host: Host): string {
  const others = host.nodes.filter((id) => id !== host.id);
  const numberOf = (id: NodeId) => host.nodes.indexOf(id) + 1;
  const follow = (id: NodeId) =>
    [
      `syncrepl rid=${String(numberOf(id)).padStart(3, '0')} provider=ldap://127.0.0.1:${host.link('ldap', id)}`,
      `  bindmethod=simple binddn="${ROOT}" credentials=${PASSWORD} searchbase="${SUFFIX}"`,
      '  type=refreshAndPersist retry="1 +" timeout=2 network-timeout=2 keepalive=2:2:1',
    ].join('\n');
  return [
    ...['core', 'cosine'].map((schema) => `include /etc/ldap/schema/${schema}.schema`),
    ...['modulepath /usr/lib/ldap', 'moduleload back_mdb', 'moduleload syncprov', `serverID ${numberOf(host.id)}`],
    ...['database mdb', 'maxsize 268435456', `suffix "${SUFFIX}"`, `rootdn "${ROOT}"`, `rootpw ${PASSWORD}`],
    ...[`directory ${host.folder}`, 'index entryCSN,entryUUID,serialNumber eq', ...others.map(follow)],
    ...(others.length > 0 ? ['multiprovider on'] : []),
    ...['overlay syncprov', 'syncprov-checkpoint 100 1', 'database monitor', `rootdn "${ROOT}"`, ''],
  ].join('\n');
}

function openldap(name: string, layout: Layout): Database<Elements> {
  return {
    name,
    datatype: 'set-full',
    claims: [
      {
        ...{ model: 'set', under: ['partition', 'link', 'crash', 'pause', 'disk'], available: 'none' },
        ...{ durable: 'always', converges: false, recoversMs: 30_000 },
      },
    ],
    programs: { slapd: { version: ['-VV'], places: ['/usr/sbin'], install: 'apt-get install slapd' } },
    ports: { ldap: 'peers' },
    noticesMs: 5000,
    readyMs: 30_000,
    staged: [
      { says: 'a server that is busy', to: '-', is: 'fail', response: resulting(51) },
      { says: 'a server that is not willing', to: '-', is: 'fail', response: resulting(53) },
      { says: 'an error that may be of any kind', to: '-', is: 'info', response: resulting(80) },
    ],
    async prepare(hosts) {
      for (const host of hosts) {
        host.write('slapd.conf', configuration(host));
        host.write('directory.ldif', directory());
        await host.run(
          'slapd',
          '-Tadd',
          '-w',
          '-f',
          `${host.folder}/slapd.conf`,
          '-l',
          `${host.folder}/directory.ldif`,
        );
      }
    },
    commands(host) {
      // In an empty folder, too: what was there comes from the others.
      host.write('slapd.conf', configuration(host));
      const listens = `ldap://${host.address()}:${host.port('ldap')}/`;
      return [{ program: 'slapd', args: ['-d', 0, '-f', `${host.folder}/slapd.conf`, '-h', listens] }];
    },
    async form(hosts) {
      for (const host of hosts) await knownBy(host);
    },
    async whole(hosts) {
      const known = await Promise.all(hosts.map(knownBy));
      return known.every((one) => one === known[0]);
    },
    primary,
    clockStepMs: 1000,
    clock,
    connect: (host) => sessionOf(host, layout),
  };
}

/** A result in the server's place: what it ends is a modification or an addition, and the number is the request's. */
function resulting(code: number): (request: string) => string {
  return (request) => {
    const bytes = Buffer.from(request, 'latin1');
    const [id, asked] = valuesIn(valuesIn(bytes)[0]!.content) as [Ber, Ber];
    const said = [berNumber(code, TAG.enumerated), berText(''), berText('')];
    return ber(TAG.sequence, berNumber(numberIn(id)), ber(asked.tag + 1, ...said)).toString('latin1');
  };
}

/** Elements as values of one entry, of which the later change alone stays; and as entries, of which all do. */
export const openldaps = [openldap('openldap/values', asValues), openldap('openldap/entries', asEntries)] as const;
