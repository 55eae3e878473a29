/** Turns what the zones found into anomalies: the few operations that prove it, and the argument in words. */
import type { Anomaly } from '../checker.ts';
import { type Columns, FAIL, INFO, NEVER_COLUMN, OK } from '../history.ts';
import { CAS, READ, REFUSED, type RegisterRows } from './register-columns.ts';
import { ofKey, phrase, placed, show } from './words.ts';
import { ALWAYS, type Violation, type Zones } from './zones.ts';

/** What explaining needs: the history, the engine's view of it, and the rows of every block that is spoken of. */
interface Case {
  readonly columns: Columns;
  readonly rows: RegisterRows;
  readonly zones: Zones;
  readonly rowsOf: ReadonlyMap<number, readonly number[]>;
}

/** A chain of so many values is shown from its beginning. */
const FEW = 12;

/** The anomalies of the violations, in their order. Time linear in the history, once for all of them. */
export function explainRegisters(columns: Columns, rows: RegisterRows, zones: Zones): Anomaly[] {
  if (zones.violations.length === 0) return [];
  const rowsOf = rowsByValue(rows, zones);
  return zones.violations.map((violation) => explain({ columns, rows, zones, rowsOf }, violation));
}

/** The rows of every value that a violation names, and of every value of its block. */
function rowsByValue(rows: RegisterRows, zones: Zones): Map<number, number[]> {
  const named = zones.violations.flatMap((violation) =>
    violation.kind === 'blocks' ? [violation.value, violation.other] : [violation.value],
  );
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

function explain(facts: Case, violation: Violation): Anomaly {
  switch (violation.kind) {
    case 'unwritten':
      return unwritten(facts, violation.value);
    case 'future':
      return future(facts, violation.value);
    case 'twice':
      return twice(facts, violation.value);
    case 'circle':
      return circle(facts, violation.value);
    case 'order':
      return order(facts, violation.value, violation.earlier);
    case 'refused':
      return refusedThough(facts, violation.value, violation.row);
    case 'blocks':
      return blocks(facts, violation.value, violation.other);
  }
}

function anomaly(
  facts: Case,
  name: string,
  message: string,
  steps: readonly string[],
  rows: readonly number[],
): Anomaly {
  const operations = [...new Set(rows)].sort((a, b) => a - b).map((row) => facts.columns.start[row]);
  return { name, message, steps, operations };
}

function valueText(facts: Case, value: number): string {
  const { columns, rows, zones } = facts;
  const row = facts.rowsOf.get(value)?.[0] ?? zones.writer[value];
  if (row < 0) return 'the initial value';
  if (rows.kind[row] === READ) return show(columns.output[row]);
  return show(rows.kind[row] === CAS ? (columns.input[row] as unknown[])[1] : columns.input[row]);
}

/** A value that was read or expected, but that nobody wrote: out of thin air, or by a write that failed. */
function unwritten(facts: Case, value: number): Anomaly {
  const { columns, rows } = facts;
  const failed = (facts.rowsOf.get(value) ?? []).find((row) => rows.kind[row] !== READ && rows.type[row] === FAIL);
  const reader = (facts.rowsOf.get(value) ?? []).find((row) => rows.kind[row] === READ) ?? facts.zones.reason[value];
  const readers = [reader, ...(rows.kind[reader] === READ ? [] : useOf(facts, rows.value[reader]))];
  const seen = `${phrase(columns, reader)}${ofKey(columns, columns.key[reader])}`;
  if (failed === undefined) {
    const text =
      rows.kind[reader] === READ ? show(columns.output[reader]) : show((columns.input[reader] as unknown[])[0]);
    return anomaly(
      facts,
      'thin-air-read',
      `${seen}, but nobody ever wrote ${text}`,
      [placed(columns, reader)],
      readers,
    );
  }
  const steps = [
    `process ${columns.process[failed]} tried to write it, and that failed: it certainly did not happen`,
    `${placed(columns, reader)}, and nobody else wrote that value`,
  ];
  return anomaly(facts, 'aborted-read', `${seen}, which only a failed operation had tried to write`, steps, [
    failed,
    ...readers,
  ]);
}

/** A read that returned before the write of its value began. */
function future(facts: Case, value: number): Anomaly {
  const { columns, rows, zones } = facts;
  const writer = zones.writer[value];
  const reader = (facts.rowsOf.get(value) ?? []).find(
    (row) => rows.kind[row] === READ && rows.end[row] < rows.start[writer],
  ) as number;
  const message = `${phrase(columns, reader)}${ofKey(columns, columns.key[reader])}, before anybody began to write it`;
  const steps = [placed(columns, reader), `${placed(columns, writer)}, and nobody else wrote that value`];
  return anomaly(facts, 'future-read', message, steps, [reader, writer, ...links(facts, value, value)]);
}

/** Two swaps that both took effect on one value. */
function twice(facts: Case, value: number): Anomaly {
  const { columns, rows, zones } = facts;
  const second = zones.writer[value];
  const taken = (rows.old as Int32Array)[second];
  const first = zones.taker[taken];
  const old = show((columns.input[second] as unknown[])[0]);
  const message = `two operations${ofKey(columns, columns.key[second])} swapped the same ${old} for another value, and one of the two was lost`;
  const steps = [
    ...(zones.writer[taken] >= 0 ? [`${placed(columns, zones.writer[taken])}, the only write of ${old}`] : []),
    placed(columns, first),
    placed(columns, second),
    `${old} was there once, so only one of the two can have found it`,
  ];
  const witnesses = [first, second].flatMap((row) => (rows.type[row] === OK ? [] : useOf(facts, rows.value[row])));
  const made = zones.writer[taken] >= 0 ? [zones.writer[taken]] : [];
  return anomaly(facts, 'lost-update', message, steps, [...made, first, second, ...witnesses]);
}

/** What shows that the operation that wrote a value took effect though it never returned: a read, perhaps by way of further swaps. */
function useOf(facts: Case, value: number): readonly number[] {
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

/** Swaps of which each found what another of them wrote. */
function circle(facts: Case, value: number): Anomaly {
  const { columns, rows, zones } = facts;
  const members: number[] = [];
  let v = value;
  do {
    members.push(zones.writer[v]);
    v = (rows.old as Int32Array)[zones.writer[v]];
  } while (v !== value);
  members.reverse();
  const witnesses = members.some((row) => rows.type[row] === OK) ? [] : useOf(facts, value);
  return anomaly(
    facts,
    'cyclic-versions',
    `${members.length === 1 ? 'an operation' : `${members.length} operations`}${ofKey(columns, columns.key[members[0]])} swapped values in a circle, and nobody wrote the first of them`,
    [
      ...members.map((row) => placed(columns, row)),
      'each found what the one before had written, so none can have been the first',
    ],
    [...members, ...witnesses],
  );
}

/** The swaps that lead from one value of a chain to a later one, and the writer of the first. */
function links(facts: Case, from: number, to: number): readonly number[] {
  const { rows, zones } = facts;
  const rowsBack: number[] = [];
  for (let v = to; zones.writer[v] >= 0; v = (rows.old as Int32Array)[zones.writer[v]]) {
    rowsBack.push(zones.writer[v]);
    if (v === from || rows.kind[zones.writer[v]] !== CAS) break;
  }
  return rowsBack.reverse();
}

/** Inside a chain: an operation on a later value returned before one on an earlier value began. */
function order(facts: Case, value: number, earlier: number): Anomaly {
  const { columns, rows } = facts;
  const early = extreme(facts, [value], 'end');
  const late = extreme(facts, [earlier], 'start');
  const chain = links(facts, earlier, value);
  const [older, newer] = [valueText(facts, earlier), valueText(facts, value)];
  const stale = rows.kind[late] === READ;
  const message = stale
    ? `${phrase(columns, late)}${ofKey(columns, columns.key[late])}, although it had been swapped away before that read began`
    : `${phrase(columns, early)}${ofKey(columns, columns.key[early])}, before the write that this needs began`;
  const steps = [
    ...chain.slice(0, 12).map((row) => placed(columns, row)),
    ...(chain.length > 12 ? [`and ${chain.length - 12} more swaps up to ${newer}`] : []),
    `${older} was swapped, step by step, for ${newer}, so nothing can find ${older} after ${newer}`,
    `${placed(columns, early)} had ended before this began: ${placed(columns, late)}`,
  ];
  return anomaly(facts, stale ? 'stale-read' : 'future-read', message, steps, [early, late, ...chain]);
}

/** A swap that was refused although the value that it expected was there all the while. */
function refusedThough(facts: Case, value: number, row: number): Anomaly {
  const { columns, rows, zones } = facts;
  const chain = valuesOfBlock(facts, zones.block[value]);
  const place = chain.indexOf(value);
  const early = extreme(facts, chain.slice(place), 'end');
  const taker = zones.taker.length === 0 ? -1 : zones.taker[value];
  const seen = extreme(facts, chain.slice(0, place + 1), 'start');
  const late = taker >= 0 && (seen < 0 || rows.start[taker] > rows.start[seen]) ? taker : seen;
  const needed = late >= 0 && rows.start[late] > rows.end[row];
  const old = valueText(facts, value);
  const last = early < 0 ? value : rows.value[early];
  const steps = [
    early < 0
      ? `${old} was there at first`
      : `${placed(columns, early)} had ended before this began: ${placed(columns, row)}`,
    ...(last === value ? [] : [`what that needs was swapped, step by step, for ${old}, so ${old} had been written`]),
    needed
      ? `${old} was still needed after it had ended: ${placed(columns, late)}`
      : `nobody could write another value after ${old} and before that had ended`,
  ];
  const message = `${phrase(columns, row)}${ofKey(columns, columns.key[row])}, although ${old} was there all the while`;
  const path = links(facts, chain.length <= FEW ? chain[0] : value, last).filter((at) => at >= 0);
  const own = zones.writer[value] < 0 ? [] : [zones.writer[value]];
  const involved = [...own, ...path, row, ...(early < 0 ? [] : [early]), ...(needed ? [late] : [])];
  const unanswered = involved.filter((at) => rows.type[at] === INFO).flatMap((at) => useOf(facts, rows.value[at]));
  return anomaly(facts, 'false-mismatch', message, steps, [...involved, ...unanswered]);
}

/** The row of these values with the earliest return or the latest invocation; -1 for what was there at first. */
function extreme(facts: Case, values: readonly number[], by: 'start' | 'end'): number {
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
function valuesOfBlock(facts: Case, block: number): readonly number[] {
  const { rows, zones } = facts;
  const values = [block];
  if (zones.taker.length === 0) return values;
  for (let row = zones.taker[block]; row >= 0; row = zones.taker[rows.value[row]]) values.push(rows.value[row]);
  return values;
}

/** One side of a conflict between two blocks: the operation that shows the block begun, and the one that shows it not over. */
interface Side {
  readonly values: readonly number[];
  readonly x: number;
  readonly y: number;
}

/** Two blocks of which each begins before the other is over, though both must be of a piece. */
function blocks(facts: Case, a: number, b: number): Anomaly {
  const { columns, rows } = facts;
  const [one, two] = [a, b].map((v): Side => {
    const values = valuesOfBlock(facts, facts.zones.block[v]);
    return { values, x: extreme(facts, values, 'end'), y: extreme(facts, values, 'start') };
  });
  // The block that began first is the one that came back: its latest operation is then no write.
  const [stale, newer] = began(facts, a) < began(facts, b) ? [one, two] : [two, one];
  const simple = simplest(facts, stale, newer);
  const old = valueText(
    facts,
    rows.kind[simple.stale.y] === CAS ? (rows.old as Int32Array)[simple.stale.y] : rows.value[simple.stale.y],
  );
  const fresh = valueText(facts, rows.value[simple.newer.x]);
  const how =
    rows.kind[simple.newer.x] === READ
      ? `had been read by process ${columns.process[simple.newer.x]}`
      : 'had been written';
  const { y } = simple.stale;
  const message = `${phrase(columns, y)}${ofKey(columns, columns.key[y])}, although ${fresh}, which came after ${old}, ${how} before that began`;
  const first = simple.stale.x < 0 ? `${old} was there at first` : placed(columns, simple.stale.x);
  const involved = [simple.stale, simple.newer].flatMap((side) => chainOf(facts, side));
  const steps = [
    simple.stale.x < 0
      ? `${first}, so it came before ${fresh}: ${placed(columns, simple.newer.y)}`
      : `${first} had ended before this began, so ${old} came before ${fresh}: ${placed(columns, simple.newer.y)}`,
    `${placed(columns, simple.newer.x)} had ended before this began, so ${fresh} came before ${old}: ${placed(columns, y)}`,
    'a value is written once and gone once another is written, so it cannot be both before and after the other',
  ];
  return anomaly(facts, 'stale-read', message, steps, involved);
}

function began(facts: Case, value: number): number {
  return facts.zones.first[facts.zones.block[value]];
}

/** The same conflict with the plainest operations: the writes themselves where they will do. */
function simplest(facts: Case, stale: Side, newer: Side): { stale: Side; newer: Side } {
  const { rows, zones } = facts;
  const ended = (row: number): number => (row < 0 ? -1 : rows.end[row]);
  const begun = (row: number): number => (row < 0 ? -1 : rows.start[row]);
  const writers = (side: Side): number[] => side.values.map((v) => zones.writer[v]).filter((row) => row >= 0);
  const plain = (side: Side, fits: (row: number) => boolean, otherwise: number): number =>
    writers(side).findLast(fits) ?? otherwise;
  const newX = plain(newer, (row) => rows.end[row] !== NEVER_COLUMN && ended(row) < begun(stale.y), newer.x);
  const newY = ended(stale.x) < begun(newX) ? newX : plain(newer, (row) => ended(stale.x) < begun(row), newer.y);
  const staleX = stale.x < 0 ? -1 : plain(stale, (row) => ended(row) < begun(newY), stale.x);
  return { stale: { ...stale, x: staleX }, newer: { ...newer, x: newX, y: newY } };
}

/** The two operations of a side and what joins them: the swaps between their values, and the first one's writer. */
function chainOf(facts: Case, side: Side): readonly number[] {
  const { rows, zones } = facts;
  const places = [side.x, side.y].map((row) => (row < 0 ? 0 : side.values.indexOf(rows.value[row])));
  const rowsBetween = side.values
    .slice(Math.min(...places), Math.max(...places) + 1)
    .map((v) => zones.writer[v])
    .filter((row) => row >= 0);
  const uses = side.y >= 0 && rows.type[side.y] !== OK ? useOf(facts, rows.value[side.y]) : [];
  return [...rowsBetween, side.x, side.y, ...uses].filter((row) => row >= 0);
}
