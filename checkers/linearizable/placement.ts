/**
 * An order of the operations of registers that the zones found right: each key's
 * states one after the other (states.ts), reads of a value behind its write
 * in the order of their starts, and refused swaps where they find another value.
 */
import { OK } from '../history.ts';
import { boundsOf } from './bounds.ts';
import { foundBy, keysOf } from './refused.ts';
import { READ, REFUSED, type RegisterRows } from './register-columns.ts';
import { type States, statesOf } from './states.ts';
import type { Zones } from './zone-verdict.ts';

/** For each key the rows in such an order; empty for keys that the zones did not judge. Time O(n log n). */
export function placement(rows: RegisterRows, zones: Zones): readonly (readonly number[])[] {
  const { writer, block, repeated, open } = zones;
  const heads: number[][] = Array.from({ length: rows.keys }, () => []);
  const own: number[][] = Array.from({ length: rows.keys }, () => []);
  const refused: number[] = [];
  const judged = (key: number): boolean => repeated[key] === 0 && open[key] === 0;
  for (let v = 0; v < rows.values; v++)
    if (block[v] === v && judged(rows.keyOfValue[v])) heads[rows.keyOfValue[v]].push(v);
  for (let row = 0; row < rows.length; row++) {
    const v = rows.value[row];
    if (!judged(rows.keyOfValue[v]) || !counts(rows, zones, row)) continue;
    own[rows.keyOfValue[v]].push(row);
    if (rows.kind[row] === REFUSED) refused.push(row);
  }
  const keys = keysOf(rows, zones, refused);
  const bounds = boundsOf(rows, zones);
  const placeOf = new Int32Array(rows.values);
  return own.map((those, number) => {
    if (those.length === 0) return [];
    const key = keys.get(number) ?? { heads: heads[number], refused: [], spare: [], refusedSpare: [] };
    const states = statesOf(rows, zones, bounds, key) as States;
    for (const [place, v] of states.values.entries()) {
      placeOf[v] = place;
      if (block[v] < 0) those.push(writer[v]);
    }
    return inOrder(rows, states, placeOf, those);
  });
}

/** Whether the row must be in the order: it returned, or was refused, or somebody needs what it wrote. */
function counts({ kind, type, value }: RegisterRows, { writer, block }: Zones, row: number): boolean {
  if (kind[row] === READ) return type[row] === OK;
  return kind[row] === REFUSED || (writer[value[row]] === row && block[value[row]] >= 0);
}

/** By state, then by the moment within it; the write of a state comes first. */
function inOrder(rows: RegisterRows, states: States, placeOf: Int32Array, own: readonly number[]): readonly number[] {
  const place = new Float64Array(own.length);
  const moment = new Float64Array(own.length);
  for (const [i, row] of own.entries()) {
    const found = rows.kind[row] === REFUSED ? foundBy(rows, states, row) : undefined;
    place[i] = found?.place ?? placeOf[rows.value[row]];
    moment[i] = found?.gap ?? (rows.kind[row] === READ ? rows.start[row] : -1);
  }
  const order = Uint32Array.from(own.keys()).sort((a, b) => place[a] - place[b] || moment[a] - moment[b] || a - b);
  return Array.from(order, (i) => own[i]);
}
