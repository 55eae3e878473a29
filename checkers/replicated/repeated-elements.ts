/**
 * Lists in which an element was inserted several times, as a riddle: which of these each place of a read shows, and
 * after which of them others were put. Only those that had begun when the read ended may be shown.
 */
import { type Columns, FAIL, type History, OK, type Operation } from '../history.ts';
import { historyOf } from '../history-builder.ts';
import { say, short } from '../monitors/findings.ts';
import { identity } from '../monitors/identity.ts';
import { type OpenRead, type Riddle, type Riddles, SILENT, type Source } from '../sources/riddle.ts';
import { someRows } from '../sources/some-rows.ts';
import { shown } from './final-reads.ts';

/** What an insertion puts, and after which element. */
interface Insertion {
  readonly value: unknown;
  readonly after?: unknown;
}

/** Riddles of the lists of one key. */
export const elementRiddles: Riddles = {
  of: (history) => {
    const riddle = new ElementRiddle(history);
    return riddle.readings.length === 0 ? null : riddle;
  },
  part,
  sources: (history, rows) => {
    const inserts = insertsOf(history.columns);
    const all = new Set(rows);
    for (const row of rows)
      for (const element of elementsOf(history.columns, row))
        for (const insert of inserts.get(identity(element)) ?? []) all.add(insert);
    return all;
  },
  say: (history, row) => say(history.columns, row),
};

function insertionOf(columns: Columns, row: number): Insertion | null {
  if (columns.fNames[columns.f[row]] !== 'insert' || columns.type[row] === FAIL) return null;
  const input = columns.input[row];
  return typeof input === 'object' && input !== null && 'value' in input ? (input as Insertion) : { value: input };
}

function contentOf(columns: Columns, row: number): readonly unknown[] {
  if (columns.fNames[columns.f[row]] !== 'read' || columns.type[row] !== OK) return [];
  const content = shown(columns, row);
  return Array.isArray(content) ? content : [];
}

/** All elements that an operation names. */
function elementsOf(columns: Columns, row: number): readonly unknown[] {
  const insertion = insertionOf(columns, row);
  if (!insertion) return contentOf(columns, row);
  const { value, after } = insertion;
  return after === undefined || after === null ? [value] : [value, after];
}

/** The rows that inserted each element. */
function insertsOf(columns: Columns): ReadonlyMap<unknown, readonly number[]> {
  const inserts = new Map<unknown, number[]>();
  for (let row = 0; row < columns.length; row++) {
    const insertion = insertionOf(columns, row);
    if (!insertion) continue;
    const name = identity(insertion.value);
    const all = inserts.get(name);
    if (all) all.push(row);
    else inserts.set(name, [row]);
  }
  return inserts;
}

/** Operations of a history with their elements changed; one that becomes undefined is left out. */
function changed(
  history: History,
  rows: ReadonlySet<number>,
  change: (row: number, place: number, element: unknown) => unknown,
): History {
  const origin = [...rows].sort((a, b) => a - b);
  const some = someRows(history, rows);
  const operations = [...some].flatMap((operation, at): Operation[] => {
    const row = origin[at];
    const insertion = insertionOf(history.columns, row);
    if (insertion) {
      const value = change(row, -1, insertion.value);
      const { after } = insertion;
      const behind = after === undefined || after === null ? undefined : change(row, 0, after);
      if (value === undefined) return [];
      return [{ ...operation, input: behind === undefined ? { value } : { value, after: behind } } as Operation];
    }
    if (operation.f !== 'read' || operation.outcome.type !== 'ok') return [operation];
    const output = contentOf(history.columns, row).flatMap((element, place) => change(row, place, element) ?? []);
    return [{ ...operation, outcome: { type: 'ok', output } } as Operation];
  });
  return historyOf(operations, some);
}

/** Some rows, without elements that others may have inserted. */
function part(history: History, rows: ReadonlySet<number>): History {
  const inserts = insertsOf(history.columns);
  return changed(history, rows, (_, __, element) =>
    (inserts.get(identity(element)) ?? []).every((row) => rows.has(row)) ? element : undefined,
  );
}

class ElementRiddle implements Riddle {
  readonly history: History;
  readonly readings: (OpenRead & { readonly element: unknown })[] = [];
  readonly apart: (readonly [number, number])[] = [];
  readonly partial = null;
  private readonly inserts: ReadonlyMap<unknown, readonly number[]>;
  private readonly places = new Map<string, number>();
  private readonly byRow = new Map<number, number[]>();

  constructor(history: History) {
    this.history = history;
    this.inserts = insertsOf(history.columns);
    for (let row = 0; row < history.length; row++) {
      const insertion = insertionOf(history.columns, row);
      if (insertion && insertion.after !== undefined && insertion.after !== null) this.add(row, 0, insertion.after);
      const before = new Map<unknown, number[]>();
      contentOf(history.columns, row).forEach((element, place) => {
        const earlier = before.get(identity(element)) ?? [];
        const reading = this.add(row, place, element, earlier.length);
        if (reading < 0) return;
        for (const other of earlier) this.apart.push([other, reading]);
        before.set(identity(element), [...earlier, reading]);
      });
    }
  }

  private isRepeated(element: unknown): boolean {
    return (this.inserts.get(identity(element))?.length ?? 0) > 1;
  }

  private nameOf(row: number, element: unknown): unknown {
    return { element, insertedBy: this.history.columns.start[row] };
  }

  private add(row: number, place: number, element: unknown, turn = 0): number {
    if (!this.isRepeated(element)) return -1;
    const { start, end, realTime } = this.history.columns;
    const all = this.inserts.get(identity(element)) ?? [];
    const others = all.filter((insert) => insert !== row);
    // What a read shows had begun when it ended; nobody says that of what others are put behind.
    const isRead = insertionOf(this.history.columns, row) === null;
    const begun = realTime && isRead ? others.filter((insert) => start[insert] < end[row]) : others;
    const turned = [...begun.slice(turn), ...begun.slice(0, turn)];
    const sources = turned.map((insert): Source => ({ row: insert, name: this.nameOf(insert, element) }));
    const said = sources.map(({ row: by }) => ({ row: by, name: `${short(element)} (of operation ${start[by]})` }));
    const reading = this.readings.push({ row, key: 'an element', sources: said, element }) - 1;
    this.places.set(`${row} ${place}`, reading);
    this.byRow.set(row, [...(this.byRow.get(row) ?? []), reading]);
    return reading;
  }

  within(rows: ReadonlySet<number>): number[] {
    return [...rows].flatMap((row) => this.byRow.get(row) ?? []);
  }

  told(chosen: Int32Array, rows: ReadonlySet<number> | null = null): History {
    const every = rows ?? new Set(Array.from({ length: this.history.length }, (_, row) => row));
    return changed(this.history, every, (row, place, element) => {
      if (place < 0) return this.isRepeated(element) ? this.nameOf(row, element) : element;
      const reading = this.places.get(`${row} ${place}`);
      if (reading !== undefined) {
        if (chosen[reading] === SILENT) return undefined;
        return this.nameOf(this.readings[reading].sources[chosen[reading]].row, element);
      }
      const all = this.inserts.get(identity(element)) ?? [];
      return all.every((insert) => every.has(insert)) ? element : undefined;
    });
  }
}
