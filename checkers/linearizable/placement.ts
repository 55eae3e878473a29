/**
 * An order of the operations of registers that the zones found right: the construction in the proof of their theorem.
 *
 * A forward block stands at its earliest return. A backward one stands at its latest invocation, or just behind the forward block that is open there. Inside a block the
 * values follow each other as they were swapped, and reads of a value follow its writer in the order of their starts.
 */
import { OK } from '../history.ts';
import { READ, type RegisterRows, type Zones } from './zones.ts';

/** For each key the rows in such an order; empty for keys that the zones did not judge. Time O(n log n). */
export function placement(rows: RegisterRows, zones: Zones): readonly (readonly number[])[] {
  const stands = anchors(rows, zones);
  const rank = chainRanks(rows, zones);
  const order: number[][] = Array.from({ length: rows.keys }, () => []);
  for (let row = 0; row < rows.length; row++) {
    const v = rows.value[row];
    const key = rows.keyOfValue[v];
    const read = rows.kind[row] === READ;
    const counts = read ? rows.type[row] === OK : zones.writer[v] === row && zones.block[v] >= 0;
    if (counts && zones.repeated[key] === 0) order[key].push(row);
  }
  const reading = (row: number): number => (rows.kind[row] === READ ? 1 : 0);
  for (const ofKey of order) {
    ofKey.sort((a, b) => {
      const [u, v] = [rows.value[a], rows.value[b]];
      return (
        stands[zones.block[u]] - stands[zones.block[v]] ||
        rank[u] - rank[v] ||
        reading(a) - reading(b) ||
        rows.start[a] - rows.start[b]
      );
    });
  }
  return order;
}

/** Where each block stands in time. */
function anchors(rows: RegisterRows, { block, first, last }: Zones): Float64Array {
  const stands = new Float64Array(rows.values).fill(-1);
  const at = new Int32Array(rows.events).fill(-1);
  const open = new Int32Array(rows.keys).fill(-1);
  for (let v = 0; v < rows.values; v++) {
    const begin = Math.min(first[v], last[v]);
    if (block[v] !== v) continue;
    if (begin >= 0) at[begin] = v;
    else open[rows.keyOfValue[v]] = last[v];
  }
  for (let event = 0; event < rows.events; event++) {
    const v = at[event];
    if (v < 0) continue;
    const key = rows.keyOfValue[v];
    // Half an event behind the open block nothing else can stand.
    stands[v] = last[v] < first[v] && open[key] > event ? open[key] + 0.5 : event;
    if (first[v] < last[v]) open[key] = last[v];
  }
  return stands;
}

/** The place of each value in its chain. */
function chainRanks(rows: RegisterRows, { block, taker }: Zones): Int32Array {
  const rank = new Int32Array(rows.values);
  if (taker.length === 0) return rank;
  for (let head = 0; head < rows.values; head++) {
    if (block[head] !== head) continue;
    let place = 0;
    for (let row = taker[head]; row >= 0; row = taker[rows.value[row]]) rank[rows.value[row]] = ++place;
  }
  return rank;
}
