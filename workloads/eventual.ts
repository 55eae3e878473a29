import { type Anomaly, type Checker, type Columns, FAIL, INFO, NEVER_COLUMN, OK, type Register } from 'elle-ts';

/**
 * Eventual consistency of registers with unique values: a read returns what somebody had begun
 * to write by then and nobody was refused, and once faults have ended and updates have stopped,
 * the last reads of a key at all nodes return one value. `null` is the value before the first write.
 *
 * A write that never returned may still come into effect between
 * two last reads: its value excuses a disagreement. O(n).
 *
 * @see Vogels, "Eventually Consistent", Communications of the ACM 2009.
 */
export const eventual: Checker<Register> = {
  name: 'eventual',
  check({ columns, nemesis }) {
    const writers = writersIn(columns);
    const healed = nemesis.findLast(({ f }) => f === 'heal')?.index ?? -1;
    const [first, ...rest] = [...unfounded(columns, writers), ...disagreements(columns, writers, healed)];
    return first ? { type: 'invalid', anomalies: [first, ...rest] } : { type: 'valid' };
  },
};

/** The row that writes each value, by key and value. */
type Writers = ReadonlyMap<string, number>;

const nameOf = (key: number, value: unknown) => `${key} ${JSON.stringify(value)}`;

function writersIn(columns: Columns): Writers {
  const writers = new Map<string, number>();
  for (let row = 0; row < columns.length; row++) {
    const f = columns.fNames[columns.f[row]!];
    const input = columns.input[row];
    if (f === 'write') writers.set(nameOf(columns.key[row]!, input), row);
    if (f === 'cas') writers.set(nameOf(columns.key[row]!, (input as readonly unknown[])[1]), row);
  }
  return writers;
}

function isRead(columns: Columns, row: number): boolean {
  return columns.type[row] === OK && columns.fNames[columns.f[row]!] === 'read';
}

/** Reads of what nobody had begun to write, or what was refused. */
function unfounded(columns: Columns, writers: Writers): Anomaly[] {
  const anomalies: Anomaly[] = [];
  for (let row = 0; row < columns.length; row++) {
    const value = columns.output[row];
    if (!isRead(columns, row) || value === null) continue;
    const writer = writers.get(nameOf(columns.key[row]!, value));
    const problem = problemOf(columns, row, writer);
    if (!problem) continue;
    const operations = [...(writer === undefined ? [] : [columns.start[writer]!]), columns.start[row]!];
    const message = `A read of ${keyOf(columns, row)} returned ${JSON.stringify(value)}, ${problem.says}.`;
    anomalies.push({ name: problem.name, message, steps: [], operations: operations.sort((a, b) => a - b) });
  }
  return anomalies;
}

function problemOf(
  columns: Columns,
  row: number,
  writer: number | undefined,
): { name: string; says: string } | undefined {
  if (writer === undefined) return { name: 'thin-air-read', says: 'which no client had tried to write' };
  if (columns.type[writer] === FAIL)
    return { name: 'aborted-read', says: 'which only a failed operation had tried to write' };
  if (columns.start[writer]! > columns.end[row]!) return { name: 'future-read', says: 'whose writer had not begun' };
  return undefined;
}

/** Keys whose last reads after the heal differ from node to node. */
function disagreements(columns: Columns, writers: Writers, healed: number): Anomaly[] {
  const lastUpdate = lastReturn(columns);
  const last = new Map<number, Map<number, number>>();
  for (let row = 0; row < columns.length; row++) {
    if (!isRead(columns, row) || columns.start[row]! <= Math.max(healed, lastUpdate)) continue;
    const key = columns.key[row]!;
    const byReader = last.get(key) ?? new Map<number, number>();
    byReader.set(columns.node[row]! >= 0 ? columns.node[row]! : -2 - columns.process[row]!, row);
    last.set(key, byReader);
  }
  return [...last.values()].flatMap((byReader) => disagreement(columns, writers, [...byReader.values()]));
}

/** When the last update that returned did. */
function lastReturn(columns: Columns): number {
  let last = -1;
  for (let row = 0; row < columns.length; row++) {
    const end = columns.end[row]!;
    if (columns.type[row] === OK && end !== NEVER_COLUMN && columns.fNames[columns.f[row]!] !== 'read')
      last = Math.max(last, end);
  }
  return last;
}

function disagreement(columns: Columns, writers: Writers, reads: readonly number[]): Anomaly[] {
  const settled = reads.filter((row) => {
    const writer = writers.get(nameOf(columns.key[row]!, columns.output[row]));
    return writer === undefined || columns.type[writer] !== INFO;
  });
  const [one, ...others] = settled;
  const other = others.find((row) => columns.output[row] !== columns.output[one!]);
  if (one === undefined || other === undefined) return [];
  const say = (row: number) =>
    `${JSON.stringify(columns.output[row])} at ${columns.nodeNames[columns.node[row]!] ?? `process ${columns.process[row]}`}`;
  const message = `Faults had ended and no client wrote any more, but the last reads of ${keyOf(columns, one)} return ${say(one)} and ${say(other)}.`;
  const operations = [columns.start[one]!, columns.start[other]!].sort((a, b) => a - b);
  return [{ name: 'no-agreement', message, steps: [], operations }];
}

function keyOf(columns: Columns, row: number): string {
  return columns.keyNames[columns.key[row]!] ?? 'the register';
}
