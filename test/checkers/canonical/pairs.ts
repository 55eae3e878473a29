/** Which pairs of models small histories tell apart: the smallest history that the one allows and the other forbids. */
import { counted, type Datatype, datatypes, type History, type Operation, weakerOf } from 'elle-ts';
import { alphabets } from './alphabets.ts';
import { type Layout, layoutsOf, sessionsOf } from './layouts.ts';
import { objectsIn } from './objects.ts';
import { type TransactionShape, transactionsIn } from './transactions.ts';

/** What each model says of a history. */
export type Said = Readonly<Record<string, boolean | 'unknown'>>;

/** The datatypes that are judged against several models. */
export const severalModels: readonly Datatype[] = datatypes.filter(({ models }) => Object.keys(models).length > 1);

/** Judges each model by its own test, as if it alone was asked for; what follows from what is not used. */
export function judgeEach(datatype: Datatype): (history: History, models: readonly string[]) => Said {
  const checkers = new Map(Object.entries(datatype.models).map(([name, make]) => [name, make({})]));
  return (history, models) => {
    const analysis = datatype.analysis?.(history, {});
    return Object.fromEntries(
      models.map((name) => {
        const { type } = analysis ? analysis(name) : checkers.get(name)!.check(history);
        return [name, type === 'unknown' ? 'unknown' : type === 'valid'];
      }),
    );
  };
}

/** A part of the enumeration, with what it has in words. */
export interface Piece {
  readonly says: string;
  /** Whether every model is judged of every history, or only those of pairs that no smaller history told apart. */
  readonly all: boolean;
  /** Whether it takes minutes. */
  readonly long?: true;
  readonly histories: () => Iterable<History>;
}

function* chained(parts: readonly (() => Iterable<History>)[]): Generator<History> {
  for (const part of parts) yield* part();
}

const OK = ['ok'] as const;
const ANY = ['ok', 'info', 'fail'] as const;

function transactionPieces(lists: boolean): Piece[] {
  const shape = { lists, plain: false, anyLists: true, types: OK } satisfies Partial<TransactionShape>;
  const piece = (says: string, count: number, more: Omit<TransactionShape, 'lists'>, all = true): Piece => ({
    says,
    all,
    histories: () => chained(layoutsOf(count).map((layout) => () => transactionsIn(layout, { ...shape, ...more }))),
  });
  return [
    piece('1 transaction of up to 3 steps', 1, { ...shape, mops: 3 }),
    piece('2 transactions of up to 2 steps, answered, unanswered or aborted', 2, { ...shape, mops: 2, types: ANY }),
    piece('3 transactions of 1 step, answered, unanswered or aborted', 3, { ...shape, mops: 1, types: ANY }),
    {
      ...piece(`3 transactions of up to 2 steps${lists ? ', whose lists agree' : ''}`, 3, {
        ...shape,
        mops: 2,
        anyLists: false,
      }),
      long: true,
    },
    {
      says: '4 transactions of up to 2 steps, each key once, all at the same time',
      all: false,
      histories: () => transactionsIn(layoutsOf(4)[0]!, { ...shape, mops: 2, plain: true, anyLists: false }),
    },
  ];
}

/** Two processes, the first with half of the operations or one more. */
function twoProcesses(count: number): Layout {
  const half = Math.ceil(count / 2);
  return sessionsOf(count).find(
    ({ process }) => Math.max(...process) === 1 && process.filter((number) => number === 0).length === half,
  )!;
}

function objectPieces(type: string): Piece[] {
  const alphabet = alphabets[type];
  if (!alphabet) throw new Error(`say in alphabets.ts what small histories of ${type} are`);
  const few = [1, 2].map(
    (count): Piece => ({
      says: `${counted(count, 'operation')}, answered, unanswered or refused`,
      all: true,
      histories: () => chained(layoutsOf(count).map((layout) => () => objectsIn(layout, alphabet, ANY))),
    }),
  );
  const answered = [3, 4].map(
    (count): Piece => ({
      says: `${count} operations`,
      all: count === 3 || type === 'register' || type === 'queue',
      histories: () => chained(layoutsOf(count).map((layout) => () => objectsIn(layout, alphabet, OK))),
    }),
  );
  const longer = [
    { order: ['write', 'read', 'read', 'write', 'read', 'read'], says: 'two processes that write and read twice' },
    { order: ['write', 'read', 'read', 'read', 'write', 'write', 'write'], says: 'one process that only writes' },
  ].map(
    ({ order, says }): Piece => ({
      says: `${order.length} operations, ${says}`,
      all: false,
      histories: () => objectsIn(twoProcesses(order.length), { ...alphabet, order }, OK),
    }),
  );
  const five: Piece = {
    says: '5 operations, in one order',
    all: false,
    histories: () => chained(sessionsOf(5).map((layout) => () => objectsIn(layout, alphabet, OK))),
  };
  if (type === 'register') return [...few, ...answered, five, ...longer];
  if (!alphabet.nodes) return [...few, ...answered];
  const alone: Piece = {
    says: '4 operations of one process at two nodes',
    all: false,
    histories: () => objectsIn(sessionsOf(4).find(({ process }) => Math.max(...process) === 0)!, alphabet, OK),
  };
  return [...few, ...answered.slice(0, 1), alone];
}

/** The enumeration of a datatype, the smallest histories first. */
export function piecesOf(type: string): readonly Piece[] {
  if (type === 'list-append' || type === 'rw-register') return transactionPieces(type === 'list-append');
  return objectPieces(type);
}

/** A history that tells models apart, and what all of them say. */
interface Witness {
  readonly history: readonly Operation[];
  readonly said: Said;
}

/** What an enumeration found. */
export interface Told {
  readonly tried: readonly { readonly says: string; readonly histories: number }[];
  /** By pair, the model that holds first, the smallest history. */
  readonly witnesses: ReadonlyMap<string, Witness>;
  /** Pairs of which the first implies the second, and a history that is of the first and not of the second. */
  readonly contradictions: readonly string[];
}

const pairKey = (a: string, b: string): string => `${a} ${b}`;

/** How large a history is: operations first, then their steps, then outcomes that are not sure, then processes. */
function sizeOf(history: History): number {
  let size = 0;
  for (const { input, outcome, process } of history) {
    size += 10_000 + (Array.isArray(input) ? 100 * (input as unknown[]).length : 0);
    size += (outcome.type === 'ok' ? 0 : 10) + process;
  }
  return size;
}

/** A search for the smallest history of each pair, and what it has found so far. */
class Search {
  readonly best = new Map<string, { readonly size: number; readonly history: History }>();
  readonly contradictions: string[] = [];
  private readonly implied: ReadonlySet<string>;
  private readonly pairs: readonly (readonly [string, string])[];
  private readonly judge: (history: History, models: readonly string[]) => Said;

  private readonly models: readonly string[];

  constructor(datatype: Datatype) {
    const models = Object.keys(datatype.models);
    this.implied = new Set(models.flatMap((a) => weakerOf(datatype, a).map((b) => pairKey(a, b))));
    this.pairs = models.flatMap((a) => models.filter((b) => a !== b).map((b) => [a, b] as const));
    this.judge = judgeEach(datatype);
    this.models = models;
  }

  /** The pairs without a history. */
  open(): (readonly [string, string])[] {
    return this.pairs.filter(([a, b]) => !this.implied.has(pairKey(a, b)) && !this.best.has(pairKey(a, b)));
  }

  /** Judges every model. */
  tryAll(history: History): void {
    const said = this.judge(history, this.models);
    const names = Object.keys(said);
    const broken = names.filter((name) => said[name] === false);
    if (broken.length === 0) return;
    const size = sizeOf(history);
    for (const a of names.filter((name) => said[name] === true)) for (const b of broken) this.add(a, b, size, history);
  }

  private add(a: string, b: string, size: number, history: History): void {
    const key = pairKey(a, b);
    if (this.implied.has(key)) {
      if (this.contradictions.length < MOST_CONTRADICTIONS)
        this.contradictions.push(`${a} holds, and ${b} does not: ${JSON.stringify([...history])}`);
      return;
    }
    const known = this.best.get(key);
    if (!known || size < known.size) this.best.set(key, { size, history });
  }

  /** Judges the models of these pairs alone, those that forbid first. */
  tryPairs(history: History, pairs: readonly (readonly [string, string])[]): void {
    const said = new Map<string, boolean | 'unknown' | undefined>();
    const of = (name: string) => {
      if (!said.has(name)) said.set(name, this.judge(history, [name])[name]);
      return said.get(name);
    };
    for (const [a, b] of pairs) if (of(b) === false && of(a) === true) this.add(a, b, sizeOf(history), history);
  }
}

/** Datatypes of which every part is looked through, whether or not all pairs are told apart before. */
const TO_THE_END = ['list-append', 'rw-register', 'register'];
const MOST_CONTRADICTIONS = 20;

/** Looks through pieces for the smallest history of each pair. */
export function tellApart(datatype: Datatype, pieces: readonly Piece[], progress: (says: string) => void): Told {
  const search = new Search(datatype);
  const tried: Told['tried'][number][] = [];
  for (const { says, all, histories } of pieces) {
    const open = search.open();
    if (open.length === 0 && (!all || tried.length > 1) && !TO_THE_END.includes(datatype.name)) break;
    let count = 0;
    for (const history of histories()) {
      count++;
      if (all) search.tryAll(history);
      else search.tryPairs(history, open);
    }
    tried.push({ says, histories: count });
    progress(
      `${datatype.name}: ${says}: ${count} histories, open: ${search
        .open()
        .map((p) => p.join(' > '))
        .join(', ')}`,
    );
  }
  const judge = judgeEach(datatype);
  const models = Object.keys(datatype.models);
  const witnesses = [...search.best].map(([key, { history }]): [string, Witness] => [
    key,
    { history: [...history], said: judge(history, models) },
  ]);
  return { tried, witnesses: new Map(witnesses), contradictions: search.contradictions };
}
