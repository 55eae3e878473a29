/**
 * What the explanations of registers have in common: the rows of
 * each value, its chain of swaps, and who shows that it was there.
 */
import type { Anomaly } from '../checker.ts';
import { type Columns, OK } from '../history.ts';
import { ALWAYS, CAS, NOBODY, READ, REFUSED, type RegisterRows, WRITE } from './register-columns.ts';
import { show } from './words.ts';
import type { Zones } from './zone-verdict.ts';

/** What explaining needs: the history, the engine's view of it, and the rows of every block that is spoken of. */
export interface Case {
  readonly columns: Columns;
  readonly rows: RegisterRows;
  readonly zones: Zones;
  readonly rowsOf: ReadonlyMap<number, readonly number[]>;
}

/** The rows of every value that a violation names, and of every value of its block. */
export function rowsByValue(rows: RegisterRows, zones: Zones): Map<number, number[]> {
  const named = zones.violations.flatMap((violation) => {
    if (violation.kind === 'blocks') return [violation.value, violation.other];
    return violation.kind === 'order' ? [violation.value, violation.earlier] : [violation.value];
  });
  const byValue = new Map<number, number[]>(named.map((v) => [v, []]));
  const blocks = new Set(named.map((v) => zones.block[v]).filter((block) => block >= 0));
  for (let row = 0; row < rows.length; row++) {
    if (rows.kind[row] > REFUSED || (rows.kind[row] === READ && rows.type[row] !== OK)) continue;
    const v = rows.value[row];
    const list = byValue.get(v);
    if (list) list.push(row);
    else if (blocks.has(zones.block[v])) byValue.set(v, [row]);
  }
  return byValue;
}

/** The anomaly about these rows of the history. */
export function anomaly(
  facts: Case,
  name: string,
  message: string,
  steps: readonly string[],
  rows: readonly number[],
): Anomaly {
  const operations = [...new Set(rows)].sort((a, b) => a - b).map((row) => facts.columns.start[row]);
  return { name, message, steps, operations };
}

/** A value in words. */
export function valueText(facts: Case, value: number): string {
  const { columns, rows, zones } = facts;
  const row = facts.rowsOf.get(value)?.[0] ?? zones.writer[value];
  const taker = zones.taker[value] ?? NOBODY;
  if (row < 0) return taker < 0 ? 'the initial value' : show((columns.input[taker] as unknown[])[0]);
  if (rows.kind[row] === READ) return show(columns.output[row]);
  return show(rows.kind[row] === WRITE ? columns.input[row] : (columns.input[row] as unknown[])[1]);
}

/**
 * What shows that the operation that wrote a value took effect
 * though it never returned: a read, perhaps by way of further swaps.
 */
export function useOf(facts: Case, value: number): readonly number[] {
  const { rows, zones } = facts;
  const uses: number[] = [];
  for (let v = value; rows.type[zones.writer[v]] !== OK; v = rows.value[zones.reason[v]]) {
    if (zones.reason.length === 0 || zones.reason[v] < 0) return [...uses, reading(rows, v)];
    uses.push(zones.reason[v]);
  }
  return uses;
}

function reading(rows: RegisterRows, value: number): number {
  let row = 0;
  while (rows.kind[row] !== READ || rows.type[row] !== OK || rows.value[row] !== value) row++;
  return row;
}

/** The swaps that lead from one value of a chain to a later one, and the writer of the first. */
export function links(facts: Case, from: number, to: number): readonly number[] {
  const { rows, zones } = facts;
  const rowsBack: number[] = [];
  for (let v = to; zones.writer[v] >= 0; v = (rows.old as Int32Array)[zones.writer[v]]) {
    rowsBack.push(zones.writer[v]);
    if (v === from || rows.kind[zones.writer[v]] !== CAS) break;
  }
  return rowsBack.reverse();
}

/** The row of these values with the earliest return or the latest invocation; -1 for what was there at first. */
export function extreme(facts: Case, values: readonly number[], by: 'start' | 'end'): number {
  const { rows } = facts;
  let best = -1;
  for (const v of values) {
    if (by === 'end' && facts.zones.writer[v] === ALWAYS) return -1;
    for (const row of facts.rowsOf.get(v) ?? []) {
      if (rows.kind[row] !== READ && facts.zones.writer[v] !== row) continue;
      if (best < 0 || (by === 'start' ? rows.start[row] > rows.start[best] : rows.end[row] < rows.end[best]))
        best = row;
    }
  }
  return best;
}

/** The values of a block, in the order of its chain. */
export function valuesOfBlock(facts: Case, block: number): readonly number[] {
  const { rows, zones } = facts;
  const values = [block];
  if (zones.taker.length === 0) return values;
  for (let row = zones.taker[block]; row >= 0; row = zones.taker[rows.value[row]]) values.push(rows.value[row]);
  return values;
}
