/** Turns what the zones found into anomalies: the few operations that prove it, and the argument in words. */
import type { Anomaly } from '../checker.ts';
import { type Columns, FAIL, INFO, OK } from '../history.ts';
import { blocks } from './explain-blocks.ts';
import { anomaly, type Case, extreme, links, rowsByValue, useOf, valuesOfBlock, valueText } from './explain-case.ts';
import type { Hints } from './explain-initial.ts';
import { type Sightings, unwrittenReads } from './explain-unwritten.ts';
import { CAS, NOBODY, READ, type RegisterRows, WRITE } from './register-columns.ts';
import { ofKey, phraseWithKey, placed, show } from './words.ts';
import type { Violation, Zones } from './zone-verdict.ts';

/** A chain of at most this many values is shown from its beginning. */
const FEW = 12;

/** The anomalies of the violations. Time linear in the history, once for all of them. */
export function explainRegisters(columns: Columns, rows: RegisterRows, zones: Zones, hints: Hints): Anomaly[] {
  if (zones.violations.length === 0) return [];
  const facts = { columns, rows, zones, rowsOf: rowsByValue(rows, zones) };
  const unwritten = zones.violations.flatMap(({ kind, value }) => (kind === 'unwritten' ? [value] : []));
  const futures = futureReads(facts);
  const hint = hints([...futures.values()]);
  return [
    ...(unwritten.length === 0 ? [] : unwrittenReads(sightingsOf(facts, hints), unwritten)),
    ...[...futures].map(([value, reader]) => future(facts, value, reader, hint(reader))),
    ...zones.violations.flatMap((violation) => explain(facts, violation)),
  ];
}

/** By value its first read that returned before the write of it began, alone on its key or not. */
function futureReads({ rows, zones, rowsOf }: Case): Map<number, number> {
  const found = new Map<number, number>();
  for (const { kind, value } of zones.violations) {
    if (kind !== 'future') continue;
    const made = rows.start[zones.writer[value]];
    const reader = rowsOf.get(value)?.find((row) => rows.kind[row] === READ && rows.end[row] < made);
    if (reader !== undefined) found.set(value, reader);
  }
  return found;
}

function sightingsOf({ columns, rows, zones }: Case, hints: Hints): Sightings {
  const { kind, type, value, old, keyOfValue } = rows;
  const { writer, repeated } = zones;
  return {
    columns,
    realTime: true,
    found: (row) => {
      if (type[row] === FAIL || kind[row] === WRITE) return -1;
      return kind[row] === CAS ? (old as Int32Array)[row] : kind[row] === READ && type[row] === OK ? value[row] : -1;
    },
    left: (row) => (kind[row] === WRITE || kind[row] === CAS ? value[row] : -1),
    writer: (of) => (repeated[keyOfValue[of]] === 1 ? -1 : writer[of]),
    isUnwritten: (of) => writer[of] === NOBODY,
    hints,
  };
}

function explain(facts: Case, violation: Violation): Anomaly | readonly [] {
  switch (violation.kind) {
    case 'unwritten':
    case 'future':
      return [];
    case 'twice':
      return twice(facts, violation.value);
    case 'cycle':
      return swapCycle(facts, violation.value);
    case 'order':
      return order(facts, violation.value, violation.earlier);
    case 'refused':
      return refusedThough(facts, violation.value, violation.row);
    case 'blocks':
      return blocks(facts, violation.value, violation.other);
  }
}

/** A read that returned before the write of its value began. */
function future(facts: Case, value: number, reader: number, hint: string): Anomaly {
  const { columns, zones } = facts;
  const writer = zones.writer[value];
  const message = `${phraseWithKey(columns, reader)}, before any write of it began${hint}`;
  const steps = [placed(columns, reader), `${placed(columns, writer)}: no write of that value had begun before`];
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
    ...(zones.writer[taken] >= 0
      ? [`${placed(columns, zones.writer[taken])}, the only write of ${old} that they can have found`]
      : []),
    placed(columns, first),
    placed(columns, second),
    `${old} was there once, so only one of the two can have found it`,
  ];
  const witnesses = [first, second].flatMap((row) => (rows.type[row] === OK ? [] : useOf(facts, rows.value[row])));
  const made = zones.writer[taken] >= 0 ? [zones.writer[taken]] : [];
  return anomaly(facts, 'lost-update', message, steps, [...made, first, second, ...witnesses]);
}

/** Swaps each of which found what another of them wrote: a cycle. */
function swapCycle(facts: Case, value: number): Anomaly {
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
    `${members.length === 1 ? 'an operation' : `${members.length} operations`}${ofKey(columns, columns.key[members[0]])} swapped values in a cycle, and no operation wrote the first of them`,
    [
      ...members.map((row) => placed(columns, row)),
      'each found what the one before had written, so none can have been the first',
    ],
    [...members, ...witnesses],
  );
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
    ? `${phraseWithKey(columns, late)}, although it had been swapped away before that read began`
    : `${phraseWithKey(columns, early)}, before the write that this needs began`;
  const steps = [
    ...chain.slice(0, 12).map((row) => placed(columns, row)),
    ...(chain.length > 12 ? [`and ${chain.length - 12} more swaps up to ${newer}`] : []),
    `${older} was swapped, step by step, for ${newer}, so nothing can find ${older} after ${newer}`,
    `${placed(columns, early)}, which ended before this began: ${placed(columns, late)}`,
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
  const before = needed ? [] : provenBefore(facts, zones.block[value], row);
  const steps = [
    early < 0
      ? `${old} is the initial value`
      : `${placed(columns, early)}, which ended before this began: ${placed(columns, row)}`,
    ...(last === value ? [] : [`what that needs was swapped, step by step, for ${old}, so ${old} had been written`]),
    needed
      ? `${old} was still needed after it had ended: ${placed(columns, late)}`
      : `no other value could be written after ${old} and before that had ended`,
    ...(before.length === 0 ? [] : ['what was written meanwhile certainly came before, as these show:']),
    ...before.map((at) => placed(columns, at)),
  ];
  const message = `${phraseWithKey(columns, row)}, although ${old} was there all the while`;
  const path = links(facts, chain.length <= FEW ? chain[0] : value, last).filter((at) => at >= 0);
  const own = zones.writer[value] < 0 ? [] : [zones.writer[value]];
  const involved = [...own, ...path, ...before, row, ...(early < 0 ? [] : [early]), ...(needed ? [late] : [])];
  const unanswered = involved.filter((at) => rows.type[at] === INFO).flatMap((at) => useOf(facts, rows.value[at]));
  return anomaly(facts, 'false-mismatch', message, steps, [...involved, ...unanswered]);
}

/**
 * What shows that what was written while a block's first value was being written, or later, came before that block: the
 * operation of each other block that ended first, with its writes, and the one of this block that began last. O(n).
 */
function provenBefore(facts: Case, block: number, refused: number): readonly number[] {
  const { rows, zones } = facts;
  const begun = zones.writer[block] < 0 ? -1 : rows.start[zones.writer[block]];
  const others = new Map<number, number>();
  for (let v = 0; v < rows.values; v++) {
    const other = zones.block[v];
    const writer = zones.writer[v];
    if (other < 0 || other === block || writer < 0 || rows.keyOfValue[v] !== rows.keyOfValue[block]) continue;
    if (rows.start[writer] < rows.end[refused] && rows.end[writer] >= begun) others.set(other, v);
  }
  const ends = new Map([...others].map(([other, v]) => [zones.first[other], v]));
  const shown: number[] = [];
  for (let row = 0; row < rows.length; row++) {
    const v = ends.get(rows.end[row]);
    if (v !== undefined) {
      const [head, seen] = [zones.block[v], rows.value[row]];
      shown.push(...links(facts, head, v), ...links(facts, head, seen), row);
    } else if (others.size > 0 && rows.start[row] === zones.last[block]) shown.push(row);
  }
  return [...new Set(shown)].sort((a, b) => a - b);
}
