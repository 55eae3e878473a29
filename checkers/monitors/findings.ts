/** What monitors report: anomalies from rows, and the sentences in them. */
import type { Anomaly, Verdict } from '../checker.ts';
import { type Columns, FAIL, INFO, OK } from '../history.ts';
import { refused } from '../linearizable/words.ts';

/** How many anomalies of one kind a verdict shows; the last one's sentence counts the rest. */
const SHOWN = 16;

/** An anomaly about the operations in these rows, shown in the order of their starts, each once. */
export function anomaly(
  columns: Columns,
  name: string,
  message: string,
  rows: readonly number[],
  steps: readonly string[] = [],
): Anomaly {
  const operations = [...new Set(rows)].sort((a, b) => a - b);
  return { name, message, steps, operations: operations.map((row) => columns.start[row]) };
}

/** An operation in a few words: `enqueue(5) by process 2 (operation 17)`. */
export function say(columns: Columns, row: number): string {
  const input = columns.input[row];
  const asked = input === null || input === undefined ? '' : short(input);
  const told =
    columns.type[row] === OK && informative(columns.output[row], input) ? ` -> ${short(columns.output[row])}` : '';
  const ended =
    columns.type[row] === INFO
      ? ', which never returned'
      : columns.type[row] === FAIL
        ? `, which ${refused(columns, row) ?? 'failed'}`
        : '';
  const f = columns.fNames[columns.f[row]];
  return `${f}(${asked})${told} by process ${columns.process[row]} (operation ${columns.start[row]}${ended})`;
}

/** A value as JSON, cut where it is long. */
export function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** ` of key "x"`, or nothing. */
export function ofKey(key: string | undefined): string {
  return key === undefined ? '' : ` of key ${JSON.stringify(key)}`;
}

/** Invalid with these anomalies, the surplus of each name counted and not shown; valid where there are none. */
export function verdictOf(anomalies: readonly Anomaly[], certificate?: unknown): Verdict {
  const seen = new Map<string, number>();
  const shown: Anomaly[] = [];
  for (const found of anomalies) {
    const count = (seen.get(found.name) ?? 0) + 1;
    seen.set(found.name, count);
    if (count <= SHOWN) shown.push(found);
  }
  const [first, ...rest] = shown.map((found, i) => {
    const more = (seen.get(found.name) as number) - SHOWN;
    const last = more > 0 && !shown.slice(i + 1).some((other) => other.name === found.name);
    return last ? { ...found, message: `${found.message} And ${more} more like this.` } : found;
  });
  if (first) return { type: 'invalid', anomalies: [first, ...rest] };
  return certificate === undefined ? { type: 'valid' } : { type: 'valid', certificate };
}

function informative(output: unknown, input: unknown): boolean {
  return output !== undefined && output !== input && !(output === null && input !== null && input !== undefined);
}
