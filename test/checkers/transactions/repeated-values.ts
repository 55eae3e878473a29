/**
 * Transactions whose values repeat, by definition: a model holds if it does when every write has a value of its own and
 * each read is of one of the writes that it may be of. All possibilities are tried.
 */
import { type History, historyOf, type Operation } from 'elle-ts';
import { definitions, modelsThatHold, oddities } from './definitions.ts';

type Mop = readonly [f: string, key: string, value: unknown];

interface Place {
  readonly row: number;
  readonly at: number;
}

const mopsOf = ({ input, outcome }: Operation): readonly Mop[] =>
  (outcome.type === 'ok' ? outcome.output : input) as unknown as readonly Mop[];

/** The history with these values in these places. */
function withValues(history: History, valueAt: (place: Place) => unknown): History {
  return historyOf(
    [...history].map((operation, row) => {
      const changed = mopsOf(operation).map(([f, key], at): Mop => [f, key, valueAt({ row, at })]);
      const { outcome } = operation;
      const told = outcome.type === 'ok' ? { type: 'ok', output: changed } : outcome;
      return { ...operation, input: changed, outcome: told } as unknown as Operation;
    }),
    history,
  );
}

/** Whose write a read may be: of transactions that did not fail, or of those that did where there is no other. */
function possible(history: History, key: string, value: unknown): number[] {
  const all = [...history].flatMap((operation, row) =>
    mopsOf(operation).flatMap(([f, k, v], at) => (f !== 'r' && k === key && v === value ? [{ row, at }] : [])),
  );
  const happened = all.filter(({ row }) => [...history][row]?.outcome.type !== 'fail');
  return (happened.length > 0 ? happened : all).map(({ row, at }) => row * 100 + at + 1);
}

/** Every way to tell the writes apart; null where there are more than `most`. */
function everyReading(history: History, most: number): History[] | null {
  const reads = [...history].flatMap((operation, row) =>
    operation.outcome.type !== 'ok'
      ? []
      : mopsOf(operation).flatMap(([f, key, value], at) => {
          if (f !== 'r') return [];
          // What a transaction wrote itself is what it reads.
          const own = mopsOf(operation)
            .slice(0, at)
            .findLastIndex(([g, k]) => g !== 'r' && k === key);
          const isOwn = own >= 0 && mopsOf(operation)[own]?.[2] === value;
          const writers: unknown[] = isOwn ? [row * 100 + own + 1] : possible(history, key, value);
          const all = value === null && !isOwn ? [...writers, null] : writers;
          return [{ row, at, sources: all.length > 0 ? all : [`nobody's ${String(value)}`] }];
        }),
  );
  const count = reads.reduce((product, { sources }) => product * sources.length, 1);
  if (count > most) return null;
  return Array.from({ length: count }, (_, number) => {
    let left = number;
    const chosen = new Map<number, unknown>();
    for (const { row, at, sources } of reads) {
      chosen.set(row * 100 + at, sources[left % sources.length]);
      left = Math.floor(left / sources.length);
    }
    const isRead = (place: number): boolean => chosen.has(place);
    return withValues(history, ({ row, at }) => {
      const place = row * 100 + at;
      const [f] = mopsOf([...history][row] as Operation)[at] as Mop;
      return isRead(place) ? chosen.get(place) : f === 'r' ? null : place + 1;
    });
  });
}

/** Which appends each place of some lists may show, no two places of a key the same; `lists` begin with one another. */
function everyList(history: History, most: number): History[] | null {
  const appends = [...history].flatMap((operation, row) =>
    mopsOf(operation).flatMap(([f, key, value], at) =>
      f === 'append' ? [{ key, value, id: row * 100 + at + 1, failed: operation.outcome.type === 'fail' }] : [],
    ),
  );
  const of = (key: string, value: unknown): number[] => {
    const all = appends.filter((one) => one.key === key && one.value === value);
    const happened = all.filter(({ failed }) => !failed);
    // Of one that failed and one that did not the latter's is shown, unless both are.
    const most = Math.max(...reads.map((read) => (read.key === key ? read.list.filter((x) => x === value).length : 0)));
    return (happened.length === 1 && most < 2 ? happened : all).map(({ id }) => id);
  };
  const reads = [...history].flatMap((operation, row) =>
    operation.outcome.type !== 'ok'
      ? []
      : mopsOf(operation).flatMap(([f, key, value], at) =>
          f === 'r' ? [{ place: row * 100 + at, key, list: (value ?? []) as readonly unknown[] }] : [],
        ),
  );
  let readings: ReadonlyMap<number, readonly unknown[]>[] = [new Map()];
  for (const key of new Set(reads.map((read) => read.key))) {
    const mine = reads.filter((read) => read.key === key).sort((a, b) => b.list.length - a.list.length);
    for (const { place, list } of mine) {
      const like = mine.find((one) => one.list.length >= list.length && one.place !== place);
      readings = readings.flatMap((reading) => {
        const known = like && reading.get(like.place);
        const isBeginning = like && JSON.stringify(like.list.slice(0, list.length)) === JSON.stringify(list);
        if (known && isBeginning) return [new Map(reading).set(place, known.slice(0, list.length))];
        let lists: unknown[][] = [[]];
        for (const element of list) {
          const all: unknown[] = of(key, element);
          // Shown more often than appended: the rest is nobody's. What failed counts only where no single one did not.
          const next = (before: unknown[]): unknown[] => {
            const free = all.filter((id) => !before.includes(id));
            return free.length > 0 ? free : [`nobody's ${String(element)}`];
          };
          lists = lists.flatMap((before) => next(before).map((id) => [...before, id]));
        }
        return lists.map((ids) => new Map(reading).set(place, ids));
      });
      if (readings.length > most) return null;
    }
  }
  return readings.map((reading) =>
    withValues(history, ({ row, at }) => {
      const [f] = mopsOf([...history][row] as Operation)[at] as Mop;
      return f === 'r' ? (reading.get(row * 100 + at) ?? null) : row * 100 + at + 1;
    }),
  );
}

/** Which models hold; a model that is absent is not defined for the history. */
export function modelsWithRepeats(history: History, most = 64): Readonly<Record<string, boolean>> {
  const lists = [...history].some((one) => mopsOf(one).some(([f, , value]) => f === 'append' || Array.isArray(value)));
  const readings = lists ? everyList(history, most) : everyReading(history, most);
  if (!readings) return {};
  const holds = new Set<string>();
  const open = new Set<string>();
  for (const reading of readings) {
    const odd = oddities(reading);
    const holding = modelsThatHold(reading);
    for (const [model, { internal, committed }] of Object.entries(definitions))
      if ((!internal && odd.has('internal')) || (!committed && odd.has('incompatible'))) open.add(model);
      else if (holding.has(model)) holds.add(model);
  }
  return Object.fromEntries(
    Object.keys(definitions)
      .filter((model) => holds.has(model) || !open.has(model))
      .map((model) => [model, holds.has(model)]),
  );
}
