/** Transfers between accounts that are missing in the end. */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import type { Bank } from '../monitors/bank.ts';
import { anomaly, say, verdictOf } from '../monitors/findings.ts';
import { finalReads, untold } from './losses.ts';

/**
 * Whether the final reads of each account can have all acknowledged transfers in them: what
 * the account held at first, what they moved, and any part of what transfers moved that never
 * returned. `opening` is what every account holds at first. Which transfers are missing nobody
 * can tell. Unknown where something was acknowledged and nothing finally read. O(n accounts).
 */
export function lostTransfers(opening: number): Checker<Bank> {
  return {
    name: 'lost-writes',
    check({ columns }) {
      const nameOf = (row: number) => columns.fNames[columns.f[row]];
      const rows = Array.from({ length: columns.length }, (_, row) => row);
      const transfers = rows.filter((row) => nameOf(row) === 'transfer' && columns.type[row] !== FAIL);
      const acknowledged = transfers.filter((row) => columns.type[row] === OK);
      const reads = finalReads(
        columns,
        (row) => nameOf(row) === 'transfer',
        (row) => nameOf(row) === 'read',
      );
      if (acknowledged.length > 0 && reads.length === 0) {
        return { type: 'unknown', reason: untold(acknowledged.length, 'transfers') };
      }
      const possible = movedAmounts(columns, transfers);
      const accounts = new Set(reads.flatMap((row) => Object.keys(columns.output[row] as object)));
      return verdictOf(
        [...accounts].flatMap((account) => {
          const balance = possible.get(account) ?? NOTHING_MOVED;
          return judge(columns, reads, account, { opening, ...balance }, acknowledged.length);
        }),
      );
    },
  };
}

/** What transfers moved into an account and out of it: those that were acknowledged, and those that never returned. */
interface Moved {
  readonly into: number;
  readonly out: number;
  readonly perhapsInto: number;
  readonly perhapsOut: number;
}

const NOTHING_MOVED: Moved = { into: 0, out: 0, perhapsInto: 0, perhapsOut: 0 };

function movedAmounts(columns: Columns, transfers: readonly number[]): ReadonlyMap<string, Moved> {
  const moved = new Map<string, Moved>();
  for (const row of transfers) {
    const { from, to, amount } = columns.input[row] as Parameters<Bank['transfer']>[0];
    const sure = columns.type[row] === OK;
    for (const [account, field] of [
      [String(from), sure ? 'out' : 'perhapsOut'],
      [String(to), sure ? 'into' : 'perhapsInto'],
    ] as const) {
      const before = moved.get(account) ?? NOTHING_MOVED;
      moved.set(account, { ...before, [field]: before[field] + amount });
    }
  }
  return moved;
}

function judge(
  columns: Columns,
  reads: readonly number[],
  account: string,
  { opening, into, out, perhapsInto, perhapsOut }: Moved & { readonly opening: number },
  acknowledged: number,
): readonly Anomaly[] {
  const sure = opening + into - out;
  const [low, high] = [sure - perhapsOut, sure + perhapsInto];
  const shows = reads.filter((row) => account in (columns.output[row] as object));
  const balances = shows.map((row) => (columns.output[row] as Record<string, number>)[account]);
  const [least, most] = [Math.min(...balances), Math.max(...balances)];
  if (!(most < low) && !(least > high)) return [];
  const range = low === high ? `${low}` : `${low} to ${high}`;
  const message = `Of ${acknowledged} acknowledged transfers some are lost: the final reads show ${[...new Set(balances)].join(', ')} in account ${account}, where ${range} is possible.`;
  const sums = [
    `account ${account} by what was acknowledged: ${opening} at first + ${into} in - ${out} out = ${sure}`,
    ...(perhapsInto + perhapsOut > 0
      ? [`transfers that never returned may have brought ${perhapsInto} and taken ${perhapsOut}`]
      : []),
    most < low
      ? `at most ${most} is shown, ${low - most} too little`
      : `at least ${least} is shown, ${least - high} too much`,
  ];
  const told = shows.slice(0, 4);
  return [anomaly(columns, 'lost-write', message, told, [...sums, ...told.map((row) => say(columns, row))])];
}
