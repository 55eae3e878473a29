/** PouchDB's documents as designs: a map, a register that shows all that was written at the same time, and a set. */
import type { DatatypeName, Value } from 'elle-ts';
import { strongEventual } from '../../systems/claims.ts';
import type { Node } from '../../systems/node.ts';
import type { Claim, Design, Replica } from '../../systems/system.ts';
import { type Database, openDatabase, type PouchOptions, type Version } from './database.ts';

/** What its sound designs have in common. */
export const SOUND_OPTIONS: PouchOptions = {
  acknowledges: 'stored',
  style: 'broadcast',
  memory: false,
  resolves: 'all',
  comparesClocks: false,
};

const idOf = (key: string, value?: Value) => `doc ${key}:${value === undefined ? '' : JSON.stringify(value)}`;
const living = (versions: readonly Version[]) => versions.filter(({ _deleted }) => !_deleted);
const removal = ({ _rev }: Version) => ({ _rev, _deleted: true });

/** One document in the place of the versions of it that the node knows, or of the one that is shown. */
function replacing(versions: readonly Version[], value: unknown, { resolves }: PouchOptions): readonly object[] {
  const [shown, ...others] = living(versions);
  const written = { value, ...(shown ? { _rev: shown._rev } : {}) };
  return [written, ...(resolves === 'all' ? others.map(removal) : [])];
}

function removing(versions: readonly Version[], { resolves }: PouchOptions): readonly object[] {
  const there = living(versions);
  return (resolves === 'all' ? there : there.slice(0, 1)).map(removal);
}

interface Stamped {
  readonly value: Value;
  readonly at: number;
}

function map(node: Node, db: Database, options: PouchOptions): Replica {
  const later = (versions: readonly Version[]) => {
    const [shown] = living(versions);
    return options.comparesClocks && shown !== undefined && (shown.value as Stamped).at > node.now();
  };
  return {
    state: db.seen,
    api: {
      write: (value: Value, key = '') =>
        edited(db, idOf(key), (versions) =>
          later(versions)
            ? []
            : replacing(versions, options.comparesClocks ? { value, at: node.now() } : value, options),
        ),
      remove: (_: null, key = '') => edited(db, idOf(key), (versions) => removing(versions, options)),
      async read(_: null, key = '') {
        const shown = await db.shown(idOf(key));
        if (!shown) return null;
        return options.comparesClocks ? (shown.value as Stamped).value : shown.value;
      },
    },
  } as Replica;
}

function siblings(_: Node, db: Database, options: PouchOptions): Replica {
  return {
    state: db.seen,
    api: {
      write: (value: Value, key = '') => edited(db, idOf(key), (versions) => replacing(versions, value, options)),
      read: async (_: null, key = '') => living(await db.versions(idOf(key))).map(({ value }) => value),
    },
  } as Replica;
}

/** An element is a document. Additions differ, so that a removal is of those that its node knew. */
function set(node: Node, db: Database, options: PouchOptions): Replica {
  const drawn = () => Math.floor(node.random() * 2 ** 32);
  return {
    state: db.seen,
    api: {
      add: (value: Value, key = '') =>
        edited(db, idOf(key, value), ([shown]) => [
          { value: options.resolves === 'all' ? drawn() : 0, _rev: shown?._rev },
        ]),
      remove: (value: Value, key = '') => edited(db, idOf(key, value), (versions) => removing(versions, SOUND_OPTIONS)),
      contains: async (value: Value, key = '') => (await db.shown(idOf(key, value))) !== undefined,
      async read(_: null, key = '') {
        const start = idOf(key);
        return (await db.ids(start)).map((id) => JSON.parse(id.slice(start.length)) as Value);
      },
    },
  } as Replica;
}

async function edited(
  db: Database,
  id: string,
  change: (versions: readonly Version[]) => readonly object[],
): Promise<null> {
  await db.edit(id, change);
  return null;
}

interface Offer {
  readonly datatype: DatatypeName;
  readonly start: (node: Node, db: Database, options: PouchOptions) => Replica;
}

const OFFERS: Readonly<Record<string, Offer>> = {
  map: { datatype: 'lww-map', start: map },
  siblings: { datatype: 'mv-register', start: siblings },
  set: { datatype: 'or-set', start: set },
};

/** Sound ways to sync and to store. */
export const WAYS: Readonly<Record<string, Partial<PouchOptions>>> = {
  '': {},
  '-exchange': { style: 'exchange' },
  '-server': { style: 'server' },
  '-memory': { memory: true },
};

interface Mistake {
  readonly options: Partial<PouchOptions>;
  readonly says: string;
  /** The designs of which it is a mistake, and the anomaly that shows it there. */
  readonly anomaly: Readonly<Record<string, string>>;
}

/** By the end of the name. */
export const MISTAKES: Readonly<Record<string, Mistake>> = {
  '-winner-only': {
    options: { resolves: 'winner' },
    says: 'the application replaces and removes the version that is shown, and never those that lost against it',
    anomaly: { map: 'lost-update', siblings: 'resurrected' },
  },
  '-unstored': {
    options: { acknowledges: 'at once', style: 'exchange' },
    says: 'edits are acknowledged before the batch that they belong to is on disk',
    anomaly: { map: 'lost-update', siblings: 'resurrected', set: 'lost-write' },
  },
  '-told-once': {
    options: { style: 'told-once' },
    says: 'an edit is replicated once and never again, whether or not it arrives',
    anomaly: { map: 'diverged', siblings: 'diverged', set: 'diverged' },
  },
  '-newer-clock': {
    options: { comparesClocks: true },
    says: 'the application drops a write where the document bears a later time of day',
    anomaly: { map: 'lost-update' },
  },
  '-same-revision': {
    options: { resolves: 'winner' },
    says: 'additions of an element are alike and so have one revision, which a removal of one of them removes',
    anomaly: { set: 'lost-write' },
  },
};

/** In memory nothing outlives a crash. */
function claimsOf(datatype: DatatypeName, { memory }: PouchOptions): readonly Claim[] {
  const claims = strongEventual(datatype);
  return memory ? claims.map((claim) => ({ ...claim, under: claim.under.filter((kind) => kind !== 'crash') })) : claims;
}

/**
 * https://pouchdb.com/guides/conflicts.html and https://docs.couchdb.org/en/stable/replication/conflicts.html: of edits
 * at the same time all versions are kept, and every node shows the same one of them; the application resolves the rest.
 */
export const pouchdb: readonly Design[] = Object.entries(OFFERS).flatMap(([name, { datatype, start }]) => {
  const made = (end: string, changed: Partial<PouchOptions>): Design => {
    const options = { ...SOUND_OPTIONS, ...changed };
    return {
      name: `pouchdb/${name}${end}`,
      datatype,
      library: 'pouchdb-core',
      claims: claimsOf(datatype, options),
      start: async (node: Node) => start(node, await openDatabase(node, options), options),
    } as Design;
  };
  const broken = Object.entries(MISTAKES).flatMap(([end, { options, says, anomaly }]) =>
    anomaly[name] === undefined ? [] : [{ ...made(end, options), flaw: { says, anomaly: anomaly[name] } }],
  );
  return [...Object.entries(WAYS).map(([end, options]) => made(end, options)), ...broken];
});
