/**
 * Registers that keep concurrent writes side by side: a client writes with what
 * it read last of the key, and that alone is replaced. Every written value is unique.
 */
import { type Anomaly, type Call, type Checker, type Columns, FAIL, lossesAmong, NEVER_COLUMN, OK } from 'elle-ts';
import { callTimes } from './call-times.ts';
import { drawKeys } from './keys.ts';
import type { Draw, PlannedCall, Workload, WorkloadOptions } from './workload.ts';

/** What a read shows: the siblings, and what the store needs to know of them when they are replaced. */
interface Shown {
  readonly values: readonly number[];
  readonly context: unknown;
}

/** A write replaces what its client saw: `null` where it saw nothing. */
export type Siblings = {
  read(input: null): Shown;
  write(input: { readonly value: number; readonly seen: Shown | null }): null;
};

function calls(draw: Draw, options: WorkloadOptions): readonly PlannedCall<Siblings>[] {
  const drawKey = drawKeys(draw, options);
  return callTimes(draw, options).map((slot) => {
    const key = drawKey();
    const input = slot.f === 'write' ? { value: slot.id, seen: { $seen: key } } : null;
    return { ...slot, key, input } as unknown as PlannedCall<Siblings>;
  });
}

/** One key's operations, as rows. */
interface Key {
  readonly name: string;
  readonly writes: Map<number, number>;
  /** The rows that replace a value. */
  readonly replacers: Map<number, number[]>;
  readonly reads: number[];
}

function byKey(columns: Columns): readonly Key[] {
  const keys = new Map<number, Key>();
  for (let row = 0; row < columns.length; row++) {
    const at = columns.key[row]!;
    const key = keys.get(at) ?? {
      name: columns.keyNames[at] ?? 'the register',
      writes: new Map<number, number>(),
      replacers: new Map<number, number[]>(),
      reads: [],
    };
    keys.set(at, key);
    note(columns, row, key);
  }
  return [...keys.values()];
}

function note(columns: Columns, row: number, key: Key): void {
  if (columns.fNames[columns.f[row]!] !== 'write') {
    if (columns.type[row] === OK) key.reads.push(row);
    return;
  }
  const { value, seen } = columns.input[row] as Parameters<Siblings['write']>[0];
  key.writes.set(value, row);
  if (columns.type[row] === FAIL) return;
  for (const replaced of seen?.values ?? []) {
    const known = key.replacers.get(replaced);
    if (known) known.push(row);
    else key.replacers.set(replaced, [row]);
  }
}

const shownBy = (columns: Columns, row: number) => (columns.output[row] as Shown).values;

function anomaly(columns: Columns, name: string, message: string, rows: readonly number[]): Anomaly {
  const operations = [...new Set(rows.map((row) => columns.start[row]!))].sort((a, b) => a - b);
  return { name, message, steps: [], operations };
}

/** A read shows what was written, and never a value beside one that replaced it. */
function judgeRead(columns: Columns, key: Key, row: number): Anomaly[] {
  const values = shownBy(columns, row);
  return values.flatMap((value) => {
    const writer = key.writes.get(value);
    if (writer === undefined)
      return [anomaly(columns, 'thin-air-read', `A read of ${key.name} shows ${value}, which no client wrote.`, [row])];
    if (columns.type[writer] === FAIL || columns.start[writer]! > columns.end[row]!) {
      const why = columns.type[writer] === FAIL ? 'whose write had failed' : 'whose writer had not begun';
      return [anomaly(columns, 'aborted-read', `A read of ${key.name} shows ${value}, ${why}.`, [writer, row])];
    }
    const by = key.replacers.get(value)?.find((other) => values.includes(writtenIn(columns, other)));
    if (by === undefined) return [];
    const message = `A read of ${key.name} shows ${value} beside ${writtenIn(columns, by)}, which had replaced it.`;
    return [anomaly(columns, 'replaced-sibling', message, [writer, by, row])];
  });
}

const writtenIn = (columns: Columns, row: number) => (columns.input[row] as { readonly value: number }).value;

/** In the end all nodes show the same, and every acknowledged value that nobody replaced. */
function judgeEnd(columns: Columns, key: Key, quiet: number): Anomaly[] {
  const last = new Map<number, number>();
  for (const row of key.reads) if (columns.start[row]! > quiet) last.set(columns.node[row]!, row);
  const [first, ...others] = [...last.values()];
  if (first === undefined) return [];
  const same = (a: number, b: number) => sorted(shownBy(columns, a)) === sorted(shownBy(columns, b));
  const other = others.find((row) => !same(first, row));
  const disagreement = other === undefined ? [] : [disagree(columns, key, first, other)];
  return [...disagreement, ...lost(columns, key, first)];
}

function disagree(columns: Columns, key: Key, a: number, b: number): Anomaly {
  const say = (row: number) => `[${sorted(shownBy(columns, row))}] at ${columns.nodeNames[columns.node[row]!]}`;
  const message = `No client wrote any more, but the last reads of ${key.name} show ${say(a)} and ${say(b)}.`;
  return anomaly(columns, 'no-agreement', message, [a, b]);
}

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b).join(', ');

function lost(columns: Columns, key: Key, read: number): Anomaly[] {
  const shown = new Set(shownBy(columns, read));
  return [...key.writes].flatMap(([value, writer]) => {
    if (columns.type[writer] !== OK || shown.has(value) || key.replacers.has(value)) return [];
    const message = `${value} was acknowledged and no client that replaced anything of ${key.name} had seen it, but in the end it is gone.`;
    return [anomaly(columns, 'lost-sibling', message, [writer, read])];
  });
}

/**
 * Whether concurrent writes are kept, and replaced ones are not: exact about direct
 * replacement, which is what a client's context says. Disagreement is judged on reads after
 * the last heal and the last write that returned. O(n) but for the siblings of a read.
 *
 * @see Preguiça, Baquero, Almeida, Fonte & Gonçalves, "Brief Announcement: Efficient
 * Causality Tracking in Distributed Storage Systems with Dotted Version Vectors", PODC 2012.
 */
const siblings: Checker<Siblings> = {
  name: 'siblings',
  check({ columns, nemesis }) {
    let quiet = nemesis.findLast(({ f }) => f === 'heal')?.index ?? -1;
    for (let row = 0; row < columns.length; row++) {
      const end = columns.end[row]!;
      if (columns.fNames[columns.f[row]!] === 'write' && end !== NEVER_COLUMN) quiet = Math.max(quiet, end);
    }
    const found = byKey(columns).flatMap((key) => [
      ...key.reads.flatMap((row) => judgeRead(columns, key, row)),
      ...judgeEnd(columns, key, quiet),
    ]);
    const [first, ...rest] = found;
    return first ? { type: 'invalid', anomalies: [first, ...rest] } : { type: 'valid' };
  },
};

export const siblingsWorkload: Workload<Siblings> = {
  name: 'siblings',
  datatype: 'siblings',
  mix: { read: 1, write: 1 },
  heeds: ['keys', 'skew', 'mix'],
  calls,
  final: (keys) => keys.map((key): Call<Siblings> => ({ f: 'read', key, input: null })),
  checkers: [siblings, lossesAmong(siblings, ['lost-sibling'])],
};
