/** The designs and broken twins of all libraries: each of a library, a datatype, a style of sync and a storage. */
import type { DatatypeName } from 'elle-ts';
import { strongEventual } from '../systems/claims.ts';
import type { Node } from '../systems/node.ts';
import type { Design, Replica } from '../systems/system.ts';
import { automerge, automergeMaps, automergeMapsAsShown } from './automerge.ts';
import type { Library } from './document.ts';
import { loro } from './loro.ts';
import { pouchdb } from './pouchdb/designs.ts';
import { counter, list, map, type Options, set, siblings } from './replicas.ts';
import { SOUND } from './storage.ts';
import { text } from './text.ts';
import { tinybase } from './tinybase.ts';
import { yjs } from './yjs.ts';

const LIBRARIES = [
  yjs,
  automerge,
  automergeMaps,
  automergeMapsAsShown,
  loro,
  tinybase,
] as unknown as readonly Library[];

/** What the sound designs of a library have in common, and each mistake changes. */
export const SOUND_OPTIONS: Options = { ...SOUND, style: 'broadcast', comparesClocks: false };

/** What of a library a design shows, and the datatype by which it is judged. */
interface Offer {
  readonly name: string;
  readonly datatype: DatatypeName;
  /** Undefined where the library has no such type. */
  start(library: Library): ((node: Node, options: Options) => Promise<Replica>) | undefined;
}

const OFFERS: readonly Offer[] = [
  {
    name: 'list',
    datatype: 'list',
    start: (library) => library.list && ((node, options) => list(node, library, library.list!, options)),
  },
  {
    name: 'text',
    datatype: 'list',
    start: (library) => library.text && ((node, options) => text(node, library, library.text!, options)),
  },
  {
    name: 'map',
    datatype: 'lww-map',
    start: (library) => library.map && ((node, options) => map(node, library, library.map!, options)),
  },
  {
    name: 'set',
    datatype: 'or-set',
    start: (library) => library.set && ((node, options) => set(node, library, library.set!, options)),
  },
  {
    name: 'set-of-keys',
    datatype: 'or-set',
    start: (library) => library.setOfKeys && ((node, options) => set(node, library, library.setOfKeys!, options)),
  },
  {
    name: 'siblings',
    datatype: 'mv-register',
    start: (library) => library.siblings && ((node, options) => siblings(node, library, library.siblings!, options)),
  },
  {
    name: 'counter',
    datatype: 'pn-counter',
    start: (library) => library.counter && ((node, options) => counter(node, library, library.counter!, options)),
  },
];

/** Sound ways to sync and to store. */
export const WAYS: Readonly<Record<string, Partial<Options>>> = {
  '': {},
  '-exchange': { style: 'exchange' },
  '-server': { style: 'server' },
  '-batch': { writes: 'batch' },
};

/** A mistake of an application, in one or two of its options. */
interface Mistake {
  readonly options: Partial<Options>;
  readonly says: string;
  /** The designs of which it is a mistake, by what they show; and the anomaly that shows it there. */
  readonly anomaly: Readonly<Record<string, string>>;
  /** The libraries, and designs of libraries, that it is no mistake with, or that end by it at once. */
  readonly but?: readonly string[];
}

/** By the end of the name. */
export const MISTAKES: Readonly<Record<string, Mistake>> = {
  '-reused-editor': {
    options: { identity: 'node', writes: 'batch' },
    says: 'after a restart the node continues as the same editor, though it had told others of edits that its disk never had',
    anomaly: { list: 'diverged', text: 'diverged', map: 'diverged', counter: 'diverged' },
    // Its stamps hold the time of day, which no restart repeats.
    but: ['tinybase'],
  },
  '-one-editor': {
    options: { identity: 'user' },
    says: 'all nodes edit as one user, so that different edits bear one name',
    anomaly: { list: 'diverged', text: 'diverged', map: 'diverged', counter: 'diverged' },
    // Loro's WebAssembly ends with "unreachable" where two values of an entry bear one name.
    but: ['tinybase', 'loro/map'],
  },
  '-unstored': {
    options: { style: 'exchange', acknowledges: 'at once', writes: 'batch' },
    says: 'edits are acknowledged before the batch that they belong to is on disk',
    anomaly: { list: 'lost-write', text: 'lost-write', map: 'lost-update', counter: 'lost-write' },
  },
  '-own-edits': {
    options: { keeps: 'own' },
    says: 'edits of others are applied and not stored, so that after a restart own edits refer to what is not there',
    anomaly: { list: 'lost-write', text: 'lost-write', map: 'lost-update' },
    // Its entries refer to nothing.
    but: ['tinybase'],
  },
  '-told-once': {
    options: { style: 'told-once' },
    says: 'an edit is told once and never again, whether or not it arrives',
    anomaly: { list: 'diverged', text: 'diverged', map: 'diverged', counter: 'diverged' },
  },
  '-newer-clock': {
    options: { comparesClocks: true },
    says: 'the application drops a write where the entry bears a later time of day',
    anomaly: { map: 'lost-update' },
  },
};

/** What is wrong with a set that is made of a map's keys, where the library's maps do not keep both sides. */
const SET_OF_KEYS = {
  says: 'the set is made of the keys of a map, in which a removal can win over an addition that it never knew of',
  anomaly: 'lost-write',
};

/** Those of one library. */
export function designsOf(library: Library): readonly Design[] {
  return OFFERS.flatMap((offer): readonly Design[] => {
    const start = offer.start(library);
    if (!start) return [];
    const common = { datatype: offer.datatype, library: library.name, claims: strongEventual(offer.datatype) } as const;
    const made = (end: string, options: Partial<Options>) => ({
      ...common,
      name: `${library.short}/${offer.name}${end}`,
      start: (node: Node) => start(node, { ...SOUND_OPTIONS, ...options }),
    });
    if (library.flaw) return [{ ...made(library.flaw.ends, {}), flaw: library.flaw }];
    if (offer.name === 'set-of-keys') return [{ ...made('', {}), flaw: SET_OF_KEYS }];
    const sound = Object.entries(WAYS).map(([end, options]) => made(end, options));
    const broken = Object.entries(MISTAKES).flatMap(([end, { options, says, anomaly, but }]) => {
      const none = but?.some((one) => one === library.short || one === `${library.short}/${offer.name}`);
      const shown = none ? undefined : anomaly[offer.name];
      return shown === undefined ? [] : [{ ...made(end, options), flaw: { says, anomaly: shown } }];
    });
    return [...sound, ...broken];
  });
}

/** All of them, by name. */
export const designs: readonly Design[] = [...LIBRARIES.flatMap(designsOf), ...pouchdb];
