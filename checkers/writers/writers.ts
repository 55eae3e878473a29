/** Histories in the formats of other tools. Nothing is lost or made up: what one cannot say is refused or named. */
import { ArgumentError } from '../argument-error.ts';
import { readHistory } from '../formats/formats.ts';
import { type History, NEVER, type Operation } from '../history.ts';
import { elleJson, jepsenEdn, type KeysAs } from './jepsen.ts';
import { perfetto } from './perfetto.ts';
import { isOrderedByTime, porcupineJson, unknownToPorcupine } from './porcupine.ts';

/** A history in a format, and what that leaves out or says otherwise, a sentence each. */
export interface Written {
  readonly text: string;
  readonly notes: readonly string[];
}

/** A format in which histories can be written. */
export interface Writer {
  readonly name: string;
  readonly says: string;
  /** Throws an `ArgumentError` where the format would say something else than the history. O(n log n). */
  write(history: History): Written;
}

/** Every format in which histories can be written. */
export const writers: readonly Writer[] = [
  {
    name: 'jepsen-edn',
    says: "Jepsen's operation maps in EDN, for Elle and Knossos",
    write: (one) => keyed(one, jepsenEdn),
  },
  {
    name: 'elle-json',
    says: "Jepsen's operations in a JSON array, for elle-cli",
    write: (one) => keyed(one, elleJson),
  },
  { name: 'porcupine-json', says: "Porcupine's operations: {ClientId, Input, Call, Output, Return}", write: porcupine },
  { name: 'perfetto', says: 'a trace for ui.perfetto.dev and about:tracing', write: trace },
];

/** With keys as Jepsen has them where that can be told from values, and beside the values otherwise. */
function keyed(history: History, write: (history: History, keys: KeysAs) => Iterable<string>): Written {
  refuseWithoutTime(history);
  const hasKeys = history.columns.keyNames.length > 0;
  for (const keys of hasKeys ? (['tuples', 'members'] as const) : (['members'] as const)) {
    const text = [...write(history, keys)].join('');
    const wrong = changed(history, text);
    if (wrong === undefined) return { text, notes: keys === 'members' && hasKeys ? [KEYS_BESIDE] : [] };
    if (keys === 'members') throw new ArgumentError(wrong);
  }
  throw new ArgumentError('a history is written with keys or without');
}

const KEYS_BESIDE =
  'keys are in a member of their own, :key, as [key value] could not be told from values here: Elle and Knossos do not look at it';

function porcupine(history: History): Written {
  refuseWithoutTime(history);
  const unknown = unknownToPorcupine(history);
  if (unknown.length > 0)
    throw new ArgumentError(
      `Porcupine's operations are reads, writes, swaps and transfers, and no ${unknown.join(', ')}`,
    );
  const all = [...history];
  const failed = all.filter(({ outcome }) => outcome.type === 'fail').length;
  const text = [...porcupineJson(history)].join('');
  const kept = all.filter(({ outcome }) => outcome.type !== 'fail');
  const wrong =
    text === '[]\n'
      ? undefined
      : changedIn(ranked(kept), ranked([...readHistory(text, 'porcupine-json').history]), BARE);
  if (wrong !== undefined) throw new ArgumentError(wrong);
  return {
    text,
    notes: [
      ...(failed > 0 ? [`left out, since they did not happen: ${failed} operations that failed`] : []),
      ...(all.some(({ node }) => node !== undefined) ? ['left out: which node was asked'] : []),
      ...(all.some(({ final }) => final) ? ['left out: which reads are final'] : []),
      ...(history.nemesis.length > 0 ? ['left out: faults'] : []),
      ...(all.some(({ outcome }) => outcome.type === 'info') ? ['left out: why operations never returned'] : []),
      ...(isOrderedByTime(history) ? [] : ['Call and Return are places in the history: clocks order it otherwise']),
    ],
  };
}

function trace(history: History): Written {
  const notes = history.realTime ? [] : ['times are places in the file: the history knows no real time'];
  return { text: [...perfetto(history)].join(''), notes };
}

function refuseWithoutTime({ realTime }: History): void {
  if (realTime) return;
  throw new ArgumentError(
    'the history knows no real time, and this format would order the operations of all processes',
  );
}

/** What reads otherwise in this text, in a sentence; undefined where nothing does. */
function changed(history: History, text: string): string | undefined {
  if (history.length === 0) return undefined;
  return changedIn([...history], [...readHistory(text).history], ALL);
}

/** What is compared of an operation: all of it, or what Porcupine has. */
type Compared = (operation: Operation) => unknown;

const ALL: Compared = ({ process, f, key, node, input, outcome, start, end, startNs, final }) => {
  const rest = outcome.type === 'ok' ? {} : { error: outcome.error };
  const value = outcome.type === 'ok' ? outcome.output : outcome.partial;
  return [
    process,
    f,
    key,
    node,
    input ?? null,
    outcome.type,
    value ?? input ?? null,
    rest,
    start,
    end,
    Math.round(startNs),
    final,
  ];
};

const BARE: Compared = ({ f, key, input, outcome, start, end }) => {
  const observes = f === 'read' || f === 'get';
  const output = observes && outcome.type === 'ok' ? (outcome.output ?? null) : null;
  return [f, key, input ?? null, outcome.type, output, start, end];
};

/** With their places counted anew, from 0 and without gaps. */
function ranked(operations: readonly Operation[]): readonly Operation[] {
  const places = operations.flatMap(({ start, end }) => (end === NEVER ? [start] : [start, end])).sort((a, b) => a - b);
  const ranks = new Map(places.map((place, rank) => [place, rank]));
  const rankOf = (place: number): number => ranks.get(place) ?? place;
  return operations.map((one) => ({ ...one, start: rankOf(one.start), end: rankOf(one.end) }));
}

function changedIn(ours: readonly Operation[], theirs: readonly Operation[], compared: Compared): string | undefined {
  if (ours.length !== theirs.length) return `of ${ours.length} operations ${theirs.length} would be read`;
  const at = ours.findIndex((one, place) => !isSame(compared(one), compared(theirs[place] as Operation)));
  if (at < 0) return undefined;
  const { start, f } = ours[at] as Operation;
  return `operation ${start} (${f}) would be read as another one: this format cannot say ${JSON.stringify(compared(ours[at] as Operation))}`;
}

function isSame(one: unknown, two: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(two);
}
