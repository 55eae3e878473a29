/**
 * Two blocks of values that must each stand before the other:
 * the plainest operations that show it, and the argument in words.
 */
import type { Anomaly } from '../checker.ts';
import { NEVER_COLUMN, OK } from '../history.ts';
import { anomaly, type Case, extreme, useOf, valuesOfBlock, valueText } from './explain-case.ts';
import { CAS, READ } from './register-columns.ts';
import { phraseWithKey, placed, show } from './words.ts';

/**
 * One side of a conflict between two blocks: the operation
 * that shows the block begun, and the one that shows it not over.
 */
interface ConflictSide {
  readonly values: readonly number[];
  readonly x: number;
  readonly y: number;
}

/**
 * Two blocks each of which begins before the other is over,
 * although the operations of a block must stand next to each other.
 */
export function blocks(facts: Case, a: number, b: number): Anomaly {
  const { columns, rows } = facts;
  const [one, two] = [a, b].map((v): ConflictSide => {
    const values = valuesOfBlock(facts, facts.zones.block[v]);
    return { values, x: extreme(facts, values, 'end'), y: extreme(facts, values, 'start') };
  });
  // The block that began first is the one that came back: its latest operation is then no write.
  const [stale, newer] = began(facts, a) < began(facts, b) ? [one, two] : [two, one];
  const simple = simplest(facts, stale, newer);
  const { y } = simple.stale;
  const found = rows.kind[y] === CAS ? (rows.old as Int32Array)[y] : rows.value[y];
  const old = rows.kind[y] === CAS ? show((columns.input[y] as unknown[])[0]) : valueText(facts, found);
  const fresh = valueText(facts, rows.value[simple.newer.x]);
  const earlier =
    rows.kind[simple.newer.x] === READ
      ? `process ${columns.process[simple.newer.x]} had read the newer ${fresh}`
      : `the newer ${fresh} had been written`;
  const message = `${phraseWithKey(columns, y)} after ${earlier}`;
  const involved = [simple.stale, simple.newer].flatMap((side) => chainOf(facts, side));
  const before =
    simple.stale.x < 0
      ? `${valueText(facts, stale.values[0])} is the initial value`
      : `${placed(columns, simple.stale.x)}, which ended before this began`;
  const since = simple.stale.x < 0 ? stale.values[0] : rows.value[simple.stale.x];
  const steps = [
    ...joined(facts, stale.values, since, found),
    ...joined(facts, newer.values, rows.value[simple.newer.x], rows.value[simple.newer.y]),
    `${before}, so ${old} precedes ${fresh}: ${placed(columns, simple.newer.y)}`,
    `${placed(columns, simple.newer.x)}, which ended before this began, so ${fresh} precedes ${old}: ${placed(columns, y)}`,
    `each is written once here, so ${old} cannot be both before and after ${fresh}`,
  ];
  return anomaly(facts, 'stale-read', message, steps, involved);
}

/** A sentence that two different values belong to one block. */
function joined(facts: Case, values: readonly number[], one: number, other: number): string[] {
  if (one === other) return [];
  const [from, to] = [one, other].sort((v, w) => values.indexOf(v) - values.indexOf(w));
  return [`swaps lead from ${valueText(facts, from)} to ${valueText(facts, to)}, so nothing can come between them`];
}

function began(facts: Case, value: number): number {
  return facts.zones.first[facts.zones.block[value]];
}

/** The same conflict with the simplest operations: the writes themselves where they show it. */
function simplest(facts: Case, stale: ConflictSide, newer: ConflictSide): { stale: ConflictSide; newer: ConflictSide } {
  const { rows, zones } = facts;
  const ended = (row: number): number => (row < 0 ? -1 : rows.end[row]);
  const begun = (row: number): number => (row < 0 ? -1 : rows.start[row]);
  const writers = (side: ConflictSide): number[] => side.values.map((v) => zones.writer[v]).filter((row) => row >= 0);
  const plain = (side: ConflictSide, fits: (row: number) => boolean, otherwise: number): number =>
    writers(side).findLast(fits) ?? otherwise;
  const newX = plain(newer, (row) => rows.end[row] !== NEVER_COLUMN && ended(row) < begun(stale.y), newer.x);
  const newY = ended(stale.x) < begun(newX) ? newX : plain(newer, (row) => ended(stale.x) < begun(row), newer.y);
  const staleX = stale.x < 0 ? -1 : plain(stale, (row) => ended(row) < begun(newY), stale.x);
  return { stale: { ...stale, x: staleX }, newer: { ...newer, x: newX, y: newY } };
}

/** The two operations of a side and what joins them: the swaps between their values, and the first one's writer. */
function chainOf(facts: Case, side: ConflictSide): readonly number[] {
  const { rows, zones } = facts;
  const places = [side.x, side.y].map((row) => (row < 0 ? 0 : side.values.indexOf(rows.value[row])));
  const rowsBetween = side.values
    .slice(Math.min(...places), Math.max(...places) + 1)
    .map((v) => zones.writer[v])
    .filter((row) => row >= 0);
  const uses = side.y >= 0 && rows.type[side.y] !== OK ? useOf(facts, rows.value[side.y]) : [];
  return [...rowsBetween, side.x, side.y, ...uses].filter((row) => row >= 0);
}
