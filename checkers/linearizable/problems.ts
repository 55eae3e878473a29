/**
 * From histories to problems for the search: which operations
 * count, what class each is of, and how states are numbered.
 */
import type { Api } from '../history.ts';
import { type Columns, FAIL, INFO, OK } from '../history.ts';
import type { Model } from '../model.ts';
import { canonical } from '../monitors/identity.ts';
import { observes, refusedRows } from '../refusals.ts';
import { Interner } from './intern.ts';
import { CAS, READ, REFUSED, type RegisterRows, WRITE } from './register-columns.ts';
import type { Problem } from './search-problem.ts';
import { commuting, modelSpec, type OperationClass, registerSpec } from './specs.ts';

/** What never returned and is said to change nothing, each once. */
function silentOf(columns: Columns, rows: readonly number[], pure: (row: number) => boolean): OperationClass[] {
  const silent = new Map<string, OperationClass>();
  for (const row of rows) {
    if (columns.type[row] !== INFO || !pure(row)) continue;
    const [f, input] = [columns.fNames[columns.f[row]], columns.input[row]];
    silent.set(`${f} ${canonical(input)}`, { f, input, observed: false, output: undefined });
  }
  return [...silent.values()];
}

/** The problem of these rows, which are one object's in the order of their starts, for any model. */
export function modelProblem<A extends Api, S>(
  columns: Columns,
  rows: readonly number[],
  model: Model<A, S>,
  initial: unknown,
): Problem {
  const refused = refusedRows(columns, model);
  const observing = columns.fNames.map((f) => observes(model, f));
  const pure = (row: number): boolean =>
    columns.type[row] === FAIL || (model.readOnly?.(columns.fNames[columns.f[row]], columns.input[row]) ?? false);
  // An operation that never returned and changes nothing says nothing.
  const kept = rows.filter((row) =>
    columns.type[row] === FAIL ? refused(row) : columns.type[row] === OK || !pure(row),
  );
  const inputs = new Interner();
  const outputs = new Interner();
  const classOf = new Map<string, number>();
  const classes: OperationClass[] = [];
  const classNumbers = kept.map((row) => {
    const observed = columns.type[row] === OK && observing[columns.f[row]];
    const error = columns.type[row] === FAIL ? columns.error.get(row) : undefined;
    const output = observed ? outputs.id(columns.output[row]) : -1;
    const name = `${columns.f[row]} ${inputs.id(columns.input[row])} ${output} ${error ?? ''}`;
    let at = classOf.get(name);
    if (at === undefined) {
      at = classes.length;
      classOf.set(name, at);
      const of = {
        f: columns.fNames[columns.f[row]],
        input: columns.input[row],
        observed,
        output: columns.output[row],
      };
      classes.push(error === undefined ? of : { ...of, error });
    }
    return at;
  });
  const commutes = model.commutes && commuting(model, classes);
  return {
    length: kept.length,
    ...timesOf(kept, columns.start, columns.end),
    class: new Int32Array(classNumbers),
    pure: new Uint8Array(kept.map((row) => (pure(row) ? 1 : 0))),
    ...(commutes ? { commutes } : {}),
    spec: modelSpec(model, classes, [initial], silentOf(columns, rows, pure), commutes),
  };
}

/** The problem of one key of registers; `values` tells the values by their numbers. */
export function registerProblem(
  registers: RegisterRows,
  rows: readonly number[],
  key: number,
  values: (value: number) => unknown,
): Problem {
  const { kind, type, value, old, start, end } = registers;
  const kept = withoutDead(
    registers,
    rows.filter((row) => type[row] === OK || kind[row] === REFUSED || (type[row] === INFO && kind[row] !== READ)),
  );
  const numbers = new Map<number, number>();
  const local = (v: number): number => {
    const known = numbers.get(v);
    if (known !== undefined) return known;
    numbers.set(v, numbers.size);
    return numbers.size - 1;
  };
  const initial = local(registers.initial[key]);
  const classOf = new Map<string, number>();
  const [kinds, olds, news]: [number[], number[], number[]] = [[], [], []];
  const classNumbers = kept.map((row) => {
    const from = kind[row] >= CAS ? local((old as Int32Array)[row]) : 0;
    const to = kind[row] === REFUSED ? from : local(value[row]);
    const name = `${kind[row]} ${from} ${to}`;
    const at = classOf.get(name) ?? kinds.length;
    if (at === kinds.length) {
      classOf.set(name, at);
      kinds.push(kind[row]);
      olds.push(from);
      news.push(to);
    }
    return at;
  });
  return {
    length: kept.length,
    ...timesOf(kept, start, end),
    class: new Int32Array(classNumbers),
    pure: new Uint8Array(kept.map((row) => (changes(kind[row]) ? 0 : 1))),
    flow: {
      needs: new Int32Array(kinds.map((k, c) => (k === CAS ? olds[c] : k === READ ? news[c] : -1))),
      makes: new Int32Array(kinds.map((k, c) => (changes(k) ? news[c] : -1))),
    },
    group: swapGroups(classNumbers, new Uint8Array(kinds), olds, news, numbers.size),
    spec: registerSpec(
      new Uint8Array(kinds),
      new Int32Array(olds),
      new Int32Array(news),
      [...numbers.keys()].map(values),
      [initial],
    ),
  };
}

function changes(kind: number): boolean {
  return kind === WRITE || kind === CAS;
}

function timesOf(kept: readonly number[], start: Int32Array, end: Int32Array): Pick<Problem, 'row' | 'start' | 'end'> {
  const times = { row: new Int32Array(kept), start: new Int32Array(kept.length), end: new Int32Array(kept.length) };
  for (let i = 0; i < kept.length; i++) {
    times.start[i] = start[kept[i]];
    times.end[i] = end[kept[i]];
  }
  return times;
}

/** For each operation a number of its value, the same for values joined by swaps. */
function swapGroups(
  classNumbers: readonly number[],
  kinds: Uint8Array,
  olds: readonly number[],
  news: readonly number[],
  values: number,
): Int32Array {
  const parent = Int32Array.from({ length: values }, (_, v) => v);
  const root = (v: number): number => {
    let at = v;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  for (const [c, kind] of kinds.entries()) if (kind === CAS) parent[root(olds[c])] = root(news[c]);
  return new Int32Array(classNumbers.map((c) => root(news[c])));
}

/**
 * Leaves out writes and swaps that never returned if no operation that could come after them sees
 * their value, and no refused swap could have found it: in any order, whatever follows such a write
 * overwrites it, so the order is also right without it. Leaving one out may make another one dead.
 */
function withoutDead(registers: RegisterRows, rows: readonly number[]): readonly number[] {
  const { kind, type, value, old, start, end } = registers;
  const lastMet = lastRefusals(registers, rows);
  let kept = rows;
  for (;;) {
    const lastUse = new Map<number, number>();
    for (const row of kept) {
      if (kind[row] === WRITE || kind[row] === REFUSED) continue;
      const seen = kind[row] === CAS ? (old as Int32Array)[row] : value[row];
      lastUse.set(seen, Math.max(lastUse.get(seen) ?? -1, end[row]));
    }
    const live = kept.filter(
      (row) => type[row] !== INFO || Math.max(lastUse.get(value[row]) ?? -1, lastMet(value[row])) > start[row],
    );
    if (live.length === kept.length) return live;
    kept = live;
  }
}

/** When the last swap ended that was refused for want of another value than the one given: -1 where there is none. */
function lastRefusals({ kind, old, end }: RegisterRows, rows: readonly number[]): (value: number) => number {
  let [expected, latest, otherwise] = [-1, -1, -1];
  for (const row of rows) {
    if (kind[row] !== REFUSED) continue;
    const wanted = (old as Int32Array)[row];
    if (wanted === expected) latest = Math.max(latest, end[row]);
    else if (end[row] > latest) [expected, latest, otherwise] = [wanted, end[row], latest];
    else otherwise = Math.max(otherwise, end[row]);
  }
  return (value) => (value === expected ? otherwise : latest);
}
