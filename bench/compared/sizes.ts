/** What 10,000 edits weigh. */
import { drawsFrom } from '../../harness/setting/random.ts';
import type { Node } from '../../systems/node.ts';
import type { Design, Replica } from '../../systems/system.ts';

export const WEIGHED = 10_000;

/** The part of libraries/document.ts that is used here: that package is compiled by itself. */
export interface Library {
  readonly short: string;
  create(editor: { id: number; now(): number }): Doc;
  readonly list?: { insert(content: unknown, at: number, values: readonly string[]): void; remove: Remove };
  readonly text?: { insert(content: unknown, at: number, letters: string): void; remove: Remove };
  readonly map?: Entries;
  readonly set?: Entries;
  readonly siblings?: { set(content: unknown, value: string): void };
  readonly counter?: { add(content: unknown, by: number): void };
}
type Remove = (content: unknown, at: number, length: number) => void;
interface Entries {
  set(content: unknown, key: string, value: string): void;
  remove(content: unknown, key: string): void;
}
interface Doc {
  edit(change: (content: unknown) => void): Uint8Array | undefined;
  since(version: undefined): Uint8Array | undefined;
  free(): void;
}

/** A sequence of places, and a tenth removals: `at` of a list of this length. */
interface Place {
  readonly at: number;
  readonly removes: boolean;
}

function places(seed: number): readonly Place[] {
  const draw = drawsFrom(seed);
  let length = 0;
  return Array.from({ length: WEIGHED }, () => {
    const removes = length > 0 && draw('removes') < 0.1;
    const at = Math.floor(draw('at') * (removes ? length : length + 1));
    length += removes ? -1 : 1;
    return { at, removes };
  });
}

type Change = (content: unknown, n: number, place: Place) => void;

/** How a library edits what the design of this name shows. */
function changeOf({ list, text, map, set, siblings, counter }: Library, shown: string): Change | undefined {
  const changes: Readonly<Record<string, Change | undefined>> = {
    list:
      list &&
      ((content, n, { at, removes }) =>
        removes ? list.remove(content, at, 1) : list.insert(content, at, [String(n)])),
    text:
      text &&
      ((content, n, { at, removes }) =>
        removes ? text.remove(content, at, 1) : text.insert(content, at, 'etaoin'[n % 6]!)),
    map: map && entered(map),
    set: set && entered(set),
    siblings: siblings && ((content, n) => siblings.set(content, String(n))),
    counter: counter && ((content) => counter.add(content, 1)),
  };
  return changes[shown];
}

const entered =
  (entries: Entries): Change =>
  (content, n, { removes }) =>
    removes ? entries.remove(content, `k${n % 100}`) : entries.set(content, `k${n % 100}`, String(n));

/** The bytes of a library's document after 10,000 edits of one editor, as it encodes it to be stored or sent whole. */
export function encodedSize(library: Library, shown: string, seed: number): number | undefined {
  const change = changeOf(library, shown);
  if (!change) return undefined;
  let clock = 1_700_000_000_000;
  const doc = library.create({ id: 11, now: () => ++clock });
  for (const [n, place] of places(seed).entries()) doc.edit((content) => change(content, n, place));
  const size = doc.since(undefined)?.length ?? 0;
  doc.free();
  return size;
}

/** A call of a design's interface, by position in a list. */
type Call = readonly [f: string, input: unknown, key: string];

function callOf({ datatype }: Design, n: number, { at, removes }: Place, list: number[]): Call {
  const key = `k${n % 100}`;
  if (datatype === 'lww-map') return removes ? ['remove', null, key] : ['write', n, key];
  if (datatype === 'or-set') return [removes ? 'remove' : 'add', n % 100, 'k'];
  if (datatype === 'mv-register') return ['write', n, 'k'];
  if (datatype === 'pn-counter') return ['add', 1, 'k'];
  if (removes) return ['remove', list.splice(at, 1)[0], 'k'];
  const after = at === 0 ? null : list[at - 1];
  list.splice(at, 0, n);
  return ['insert', { value: n, after }, 'k'];
}

/** What the same edits by a design's own interface weigh at a node that is alone, in bytes of JSON. */
export async function weighed(
  system: Design,
  seed: number,
): Promise<{ readonly state: number; readonly disk: number }> {
  const disk = new Map<string, unknown>();
  const { api, state } = (await system.start(alone(disk, seed))) as Replica;
  const list: number[] = [];
  for (const [n, place] of places(seed).entries()) {
    const [f, input, key] = callOf(system, n, place, list);
    await (api as unknown as Record<string, (input: unknown, key: string) => unknown>)[f]!(input, key);
  }
  const written = [...disk.values()].reduce<number>((sum, value) => sum + JSON.stringify(value).length, 0);
  return { state: JSON.stringify(state).length, disk: written };
}

/** A node without others, whose disk writes at once and whose timers never ring. */
function alone(disk: Map<string, unknown>, seed: number): Node {
  const draw = drawsFrom(seed);
  let clock = 1_700_000_000_000;
  return {
    id: 'n1',
    peers: [],
    disk: {
      read: async <T>(key: string) => disk.get(key) as T | undefined,
      write: async (key, value) => void disk.set(key, value),
    },
    now: () => ++clock,
    elapsed: () => ++clock,
    sleep: () => new Promise(() => {}),
    random: () => draw('node'),
    on() {},
    send() {},
    call: () => Promise.reject(new Error('there is nobody')),
    mark() {},
  };
}
