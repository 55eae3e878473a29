/**
 * Lost writes of registers: acknowledged, and never seen again.
 *
 * A write that returned is lost if some read began after that, and every read that did found a value that is certainly
 * older: the initial one, or one whose last write had returned before the lost one began. Nobody then ever saw it,
 * nor anything that could have overwritten it. A stale read that is followed by a fresh one loses nothing; a write
 * that is never read again is not judged. Every lost write breaks linearizability, but not the other way round.
 */
import type { Anomaly, Checker, Verdict } from '../checker.ts';
import type { Columns, History } from '../history.ts';
import { phraseWithKey, placed } from '../linearizable/words.ts';
import type { Register } from '../models/register.ts';
import { firstAfter, isRead, isWrite, rowsByKey, type Supersession, supersession } from './supersession.ts';

/** The most lost writes that are shown. */
const MOST = 20;

/** One lost write: its row, how many reads missed it, and the last of them. */
interface Loss {
  readonly write: number;
  readonly reads: number;
  readonly last: number;
}

/**
 * Judges that no acknowledged write vanished, key by key. Sound for any history of reads, writes
 * and swaps: what it reports is certain. `initial` is what each key holds at first. Time O(n log n).
 */
export function lostWrites(options: { readonly initial?: unknown } = {}): Checker<Register> {
  return {
    name: 'lost-writes',
    check({ columns }): Verdict {
      const facts = supersession(columns, options.initial ?? null);
      if (facts === undefined)
        return { type: 'unknown', reason: 'only reads, writes and swaps of registers can be judged' };
      const losses = rowsByKey(facts.rows).flatMap((rows) => lossesOf(facts, rows));
      const [first, ...rest] = losses.slice(0, MOST).map((loss) => told(columns, facts, loss, losses.length));
      return first ? { type: 'invalid', anomalies: [first, ...rest] } : { type: 'valid' };
    },
  };
}

/**
 * How many writes and swaps were acknowledged, and how many of them are lost for
 * certain; `undefined` where the history is not of registers. Time O(n log n).
 */
export function lostWriteCount(
  { columns }: Pick<History, 'columns'>,
  options: { readonly initial?: unknown } = {},
): { readonly acknowledged: number; readonly lost: number } | undefined {
  const facts = supersession(columns, options.initial ?? null);
  if (facts === undefined) return undefined;
  const keys = rowsByKey(facts.rows);
  return {
    acknowledged: keys.flat().filter((row) => isWrite(facts.rows, row)).length,
    lost: keys.reduce((sum, rows) => sum + lossesOf(facts, rows).length, 0),
  };
}

/** The lost writes of one key. */
function lossesOf({ rows, written }: Supersession, ofKey: readonly number[]): readonly Loss[] {
  const reads = ofKey.filter((row) => isRead(rows, row));
  // The latest return of the writes of the values that this read and the later ones found.
  const newest = new Int32Array(reads.length + 1).fill(-1);
  for (let i = reads.length - 1; i >= 0; i--) newest[i] = Math.max(newest[i + 1], written[rows.value[reads[i]]]);
  return ofKey.flatMap((write): readonly Loss[] => {
    if (!isWrite(rows, write)) return [];
    const i = firstAfter(rows, reads, rows.end[write]);
    if (i === reads.length || newest[i] >= rows.start[write]) return [];
    return [{ write, reads: reads.length - i, last: reads[reads.length - 1] }];
  });
}

function told(columns: Columns, facts: Supersession, loss: Loss, count: number): Anomaly {
  const { write, reads, last } = loss;
  const older = lastWriter(facts, facts.rows.value[last]);
  const seen = reads === 1 ? 'the only read that began later' : `all ${reads} reads that began later`;
  const more = count > MOST ? `; ${count} writes were lost in all` : '';
  return {
    name: 'lost-write',
    message: `${phraseWithKey(columns, write)} and it was acknowledged, but ${seen} found older values${more}`,
    steps: [
      older < 0 ? 'there was an initial value' : placed(columns, older),
      `${placed(columns, write)}: it began after that had ended`,
      `${placed(columns, last)}: the last read found that older value`,
    ],
    operations: [older, write, last].filter((row) => row >= 0).map((row) => columns.start[row]),
  };
}

/** The row of the write of this value that returned last, or -1 for what was there at first. */
function lastWriter({ rows, written }: Supersession, value: number): number {
  for (let row = 0; row < rows.length; row++)
    if (rows.value[row] === value && isWrite(rows, row) && rows.end[row] === written[value]) return row;
  return -1;
}
