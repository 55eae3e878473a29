/**
 * Registers in sessions of which a value was written several times, as a riddle: a read may be of any write of that
 * value that did not fail, or of the initial value.
 */
import { type Columns, FAIL, type History, INFO, OK, type Operation } from '../history.ts';
import { historyLike, historyOf } from '../history-builder.ts';
import { canonical } from '../monitors/identity.ts';
import { type OpenRead, type Riddle, type Riddles, SILENT, type Source } from '../sources/riddle.ts';
import { someRows } from '../sources/some-rows.ts';
import { sentence } from './registers.ts';

const MOST_SOURCES = 1_000_000;
const PARTIAL = 'values repeat, and reads have so many possible writers that not all of them are tried';

/** Riddles of registers that hold `initial` at first. */
export function sessionRiddles(initial: unknown): Riddles {
  return {
    of: (history) => riddleOf(history, initial),
    part: (history, rows) => new Register(history, initial).part(rows),
    sources: (history, rows) => new Register(history, initial).sources(rows),
    say: (history, row) => sentence(history.columns, row),
  };
}

function riddleOf(history: History, initial: unknown): Riddle | null {
  const register = new Register(history, initial);
  return register.isRepeated() ? new RegisterRiddle(register) : null;
}

/** What each row reads and writes, as texts of key and value; undefined where it does not. */
class Register {
  readonly history: History;
  readonly reads: (string | undefined)[];
  readonly writes: (string | undefined)[];
  /** The rows that may have written each value, and whether it was there in the beginning. */
  readonly writers = new Map<string, number[]>();
  private readonly initial: string;

  constructor(history: History, initial: unknown) {
    this.history = history;
    this.initial = canonical(initial);
    const { columns } = history;
    const rows = Array.from({ length: history.length }, (_, row) => row);
    this.reads = rows.map((row) => idOf(columns, row, readBy(columns, row)));
    this.writes = rows.map((row) => idOf(columns, row, writtenBy(columns, row)));
    for (const row of rows) {
      const id = this.writes[row];
      if (id === undefined) continue;
      const all = this.writers.get(id);
      if (all) all.push(row);
      else this.writers.set(id, [row]);
    }
  }

  isInitial(id: string): boolean {
    return id.slice(id.indexOf('\n') + 1) === this.initial;
  }

  /** Whether it is not known of whom a read is. */
  isRepeated(): boolean {
    return this.reads.some((id) => id !== undefined && this.isOpen(id));
  }

  isOpen(id: string): boolean {
    const count = this.writers.get(id)?.length ?? 0;
    return count + (this.isInitial(id) ? 1 : 0) > 1;
  }

  /** Some rows: one whose read may be of others reads nothing, and where it swaps writes alone. */
  part(rows: ReadonlySet<number>): History {
    return this.some(rows, (row) => {
      const id = this.reads[row];
      return id !== undefined && !(this.writers.get(id) ?? []).every((writer) => rows.has(writer));
    });
  }

  some(rows: ReadonlySet<number>, isSilent: (row: number) => boolean): History {
    const { columns } = this.history;
    const kept = [...rows].filter(
      (row) => this.writes[row] !== undefined || !isSilent(row) || this.reads[row] === undefined,
    );
    const origin = [...kept].sort((a, b) => a - b);
    const part = someRows(this.history, new Set(kept));
    return historyOf(
      [...part].map((operation, at): Operation => {
        const row = origin[at];
        if (!isSilent(row) || this.reads[row] === undefined) return operation;
        const { type } = operation.outcome;
        const outcome = type === 'ok' ? { type, output: null } : operation.outcome;
        return { ...operation, f: 'write', input: (columns.input[row] as readonly unknown[])[1], outcome } as Operation;
      }),
      part,
    );
  }

  sources(rows: ReadonlySet<number>): ReadonlySet<number> {
    const all = new Set(rows);
    for (const row of all) {
      const id = this.reads[row];
      for (const writer of id === undefined ? [] : (this.writers.get(id) ?? [])) all.add(writer);
    }
    return all;
  }
}

function readBy(columns: Columns, row: number): readonly [unknown] | undefined {
  const f = columns.fNames[columns.f[row]];
  if (columns.type[row] === FAIL) return undefined;
  if (f === 'read') return columns.type[row] === OK ? [columns.output[row] ?? null] : undefined;
  const input = columns.input[row];
  return f === 'cas' && Array.isArray(input) && input.length === 2 ? [input[0]] : undefined;
}

function writtenBy(columns: Columns, row: number): readonly [unknown] | undefined {
  const f = columns.fNames[columns.f[row]];
  if (columns.type[row] === FAIL) return undefined;
  const input = columns.input[row];
  if (f === 'write') return [input ?? null];
  return f === 'cas' && Array.isArray(input) && input.length === 2 ? [input[1]] : undefined;
}

const idOf = (columns: Columns, row: number, value: readonly [unknown] | undefined): string | undefined =>
  value && `${columns.key[row]}\n${canonical(value[0] ?? null)}`;

class RegisterRiddle implements Riddle {
  readonly history: History;
  readonly readings: OpenRead[] = [];
  partial: string | null = null;
  private readonly register: Register;
  private readonly byRow = new Map<number, number>();
  private readonly names = new Map<number, string>();

  constructor(register: Register) {
    this.register = register;
    this.history = register.history;
    const { columns } = register.history;
    const texts = new Set([...columns.input.flat(), ...columns.output]);
    for (const [id, rows] of register.writers) {
      if (!register.isOpen(id)) continue;
      for (const row of rows) {
        let name = `${id.slice(id.indexOf('\n') + 1)} (of operation ${columns.start[row]})`;
        while (texts.has(name)) name += "'";
        this.names.set(row, name);
      }
    }
    let left = MOST_SOURCES;
    register.reads.forEach((id, row) => {
      if (id === undefined || !register.isOpen(id)) return;
      const all = this.sourcesOf(id, row);
      const sources = all.slice(0, Math.max(1, left));
      left -= sources.length;
      if (sources.length < all.length) this.partial = PARTIAL;
      const key = columns.key[row] < 0 ? 'the register' : columns.keyNames[columns.key[row]];
      this.byRow.set(row, this.readings.push({ row, key, sources }) - 1);
    });
  }

  /** Whose write a read may be: the last that had ended, or begun, when the read ended, first. */
  private sourcesOf(id: string, reader: number): readonly Source[] {
    const { type, start, end } = this.history.columns;
    const writers = (this.register.writers.get(id) ?? []).map((row): Source => ({ row, name: this.names.get(row) }));
    const initial: readonly Source[] = this.register.isInitial(id)
      ? [{ row: -1, name: id.slice(id.indexOf('\n') + 1) }]
      : [];
    const moment = ({ row }: Source): number => {
      if (row < 0) return -1;
      if (start[row] > end[reader]) return -2 - start[row];
      return type[row] === INFO ? start[row] : end[row];
    };
    return [...writers, ...initial].sort((a, b) => moment(b) - moment(a));
  }

  within(rows: ReadonlySet<number>): number[] {
    return [...rows].flatMap((row) => this.byRow.get(row) ?? []);
  }

  told(chosen: Int32Array, rows: ReadonlySet<number> | null = null): History {
    if (rows === null) return this.named(this.history, (row) => row, chosen);
    const { register } = this;
    const isSilent = (row: number): boolean => {
      const reading = this.byRow.get(row);
      if (reading !== undefined) return chosen[reading] === SILENT;
      const id = register.reads[row];
      return id !== undefined && !(register.writers.get(id) ?? []).every((writer) => rows.has(writer));
    };
    const kept = [...rows].filter((row) => register.writes[row] !== undefined || !isSilent(row)).sort((a, b) => a - b);
    return this.named(register.some(rows, isSilent), (at) => kept[at], chosen);
  }

  /** The history with every write of a value that repeats by its name, and what was read of it. */
  private named(history: History, rowOf: (at: number) => number, chosen: Int32Array): History {
    const { columns } = history;
    const input = Array.from({ length: history.length }, (_, at) => this.input(columns, at, rowOf(at), chosen));
    const output = Array.from({ length: history.length }, (_, at) => {
      const isRead = columns.fNames[columns.f[at]] === 'read' && columns.type[at] === OK;
      return isRead ? this.read(rowOf(at), chosen, columns.output[at]) : columns.output[at];
    });
    return historyLike(history, { input, output });
  }

  private input(columns: Columns, at: number, row: number, chosen: Int32Array): unknown {
    const given = columns.input[at];
    const f = columns.fNames[columns.f[at]];
    if (f === 'write') return this.names.get(row) ?? given;
    if (f !== 'cas' || !Array.isArray(given)) return given;
    return [this.read(row, chosen, given[0]), this.names.get(row) ?? given[1]];
  }

  private read(row: number, chosen: Int32Array, value: unknown): unknown {
    const reading = this.byRow.get(row);
    if (reading === undefined) return value;
    const source = this.readings[reading].sources[chosen[reading]];
    return source.row < 0 ? value : source.name;
  }
}
