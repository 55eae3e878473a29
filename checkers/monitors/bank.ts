/** Accounts among which money moves: every read shows the same total. A property of snapshot isolation. */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, OK } from '../history.ts';
import { anomaly, say, short, verdictOf } from './findings.ts';

/** Accounts by name; `read` returns all balances. */
export type Bank = {
  read(input: null): Readonly<Record<string, number>>;
  transfer(input: { readonly from: string | number; readonly to: string | number; readonly amount: number }): null;
};

/** What is known of the accounts. */
export interface BankOptions {
  /** The accounts, and the sum of their balances; what the first read shows, unless said otherwise. */
  readonly accounts?: readonly (string | number)[];
  readonly total?: number;
  /** Whether balances may be below zero; false by default. */
  readonly negativeBalances?: boolean;
}

/**
 * Whether every read shows all accounts, the right total, and no
 * balance below zero. Unknown where nothing was read. O(n accounts).
 */
export function bank(options: BankOptions = {}): Checker<Bank> {
  return {
    name: 'bank',
    check({ columns }) {
      const reads: number[] = [];
      for (let row = 0; row < columns.length; row++) {
        if (columns.type[row] === OK && columns.fNames[columns.f[row]] === 'read' && columns.output[row] !== null)
          reads.push(row);
      }
      if (reads.length === 0) return { type: 'unknown', reason: 'no read succeeded' };
      // What is right is what the first read shows, where nobody says: then it is part of the proof.
      const [model] = reads;
      const first = balances(columns, model);
      const proof = { accounts: options.accounts ? [] : [model], total: options.total === undefined ? [model] : [] };
      const accounts = new Set((options.accounts ?? Object.keys(first)).map(String));
      const total = options.total ?? sum(first);
      return verdictOf(reads.flatMap((row) => judge(columns, row, { accounts, total, proof }, options)));
    },
  };
}

function balances(columns: Columns, row: number): Readonly<Record<string, unknown>> {
  const output = columns.output[row];
  return typeof output === 'object' && output !== null ? (output as Record<string, unknown>) : {};
}

function sum(accounts: Readonly<Record<string, unknown>>): number {
  return Object.values(accounts).reduce((all: number, one) => all + (typeof one === 'number' ? one : 0), 0);
}

/** What every read should show, and the reads that say so. */
interface Expected {
  readonly accounts: ReadonlySet<string>;
  readonly total: number;
  readonly proof: { readonly accounts: readonly number[]; readonly total: readonly number[] };
}

function judge(
  columns: Columns,
  row: number,
  { accounts, total, proof }: Expected,
  options: BankOptions,
): readonly Anomaly[] {
  const shown = balances(columns, row);
  const says = (name: string, message: string, because: readonly number[]): readonly Anomaly[] => {
    const rows = [...new Set([...because, row])];
    const steps = rows.map((one) => say(columns, one));
    return [anomaly(columns, name, message, rows, steps)];
  };
  const stranger = Object.keys(shown).find((account) => !accounts.has(account));
  if (stranger !== undefined)
    return says('unexpected-key', `A read shows the account ${stranger}, which does not exist.`, proof.accounts);
  const without = [...accounts].find((account) => typeof shown[account] !== 'number');
  if (without !== undefined)
    return says(
      'nil-balance',
      `A read shows no balance of account ${without}: ${short(shown[without] ?? null)}.`,
      proof.accounts,
    );
  if (sum(shown) !== total)
    return says(
      'wrong-total',
      `A read shows ${sum(shown)} in all accounts together, and it should be ${total}.`,
      proof.total,
    );
  const below = [...accounts].find((account) => (shown[account] as number) < 0);
  if (below === undefined || options.negativeBalances) return [];
  return says('negative-balance', `A read shows ${shown[below]} in account ${below}.`, []);
}
