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
      const possible = possibleBalances(columns, transfers, opening);
      const accounts = new Set(reads.flatMap((row) => Object.keys(columns.output[row] as object)));
      return verdictOf(
        [...accounts].flatMap((account) => {
          const [low, high] = possible.get(account) ?? [opening, opening];
          return judge(columns, reads, account, low, high, acknowledged.length);
        }),
      );
    },
  };
}

function possibleBalances(
  columns: Columns,
  transfers: readonly number[],
  opening: number,
): ReadonlyMap<string, readonly [low: number, high: number]> {
  const possible = new Map<string, readonly [number, number]>();
  for (const row of transfers) {
    const { from, to, amount } = columns.input[row] as Parameters<Bank['transfer']>[0];
    const sure = columns.type[row] === OK;
    for (const [account, change] of [
      [String(from), -amount],
      [String(to), amount],
    ] as const) {
      const [low, high] = possible.get(account) ?? [opening, opening];
      possible.set(account, [low + (sure || change < 0 ? change : 0), high + (sure || change > 0 ? change : 0)]);
    }
  }
  return possible;
}

function judge(
  columns: Columns,
  reads: readonly number[],
  account: string,
  low: number,
  high: number,
  acknowledged: number,
): readonly Anomaly[] {
  const shows = reads.filter((row) => account in (columns.output[row] as object));
  const balances = shows.map((row) => (columns.output[row] as Record<string, number>)[account]);
  if (!balances.every((balance) => balance < low) && !balances.every((balance) => balance > high)) return [];
  const range = low === high ? `${low}` : `${low} to ${high}`;
  const message = `Of ${acknowledged} acknowledged transfers some are lost: the final reads show ${[...new Set(balances)].join(', ')} in account ${account}, where ${range} is possible.`;
  const told = shows.slice(0, 4);
  return [
    anomaly(
      columns,
      'lost-write',
      message,
      told,
      told.map((row) => say(columns, row)),
    ),
  ];
}
