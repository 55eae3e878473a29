/**
 * Sequential consistency of very many sessions by the search for an order of transactions: each operation is one, that
 * of its session is kept, and real time is not. There the choices that matter are found out, where a search over how
 * far each session is would remember a number for every session in every state.
 */
import type { Verdict } from '../checker.ts';
import { type Columns, type History, OK } from '../history.ts';
import { historyLike, historyOf } from '../history-builder.ts';
import { verifyInterleaving } from '../interleaving/verify.ts';
import { type Register, register } from '../models/register.ts';
import { sessionNumbers } from '../session-numbers.ts';
import { analyse } from '../transactions/transactional.ts';
import type { TransactionCertificate } from '../transactions/verify.ts';
import type { SessionCertificate } from './judge.ts';

/** Operations times sessions from which on this is tried. */
const MANY = 2_000_000;
/** Steps of the search. */
const BUDGET = 30_000_000;

/** An order that shows the history sequentially consistent, or a part of it that is not; null where nobody knows. */
export type Reduction = { readonly order: readonly number[] } | { readonly part: History<Register> } | null;

/** Looks for an order of many sessions. What it returns as an order has been replayed; a part must still be judged. */
export function asTransactions(history: History<Register>, initial: unknown, many: number | undefined): Reduction {
  const sessions = new Set(sessionNumbers(history.columns)).size;
  // Of transactions an object is a map of what each key holds.
  if (typeof initial === 'object' && initial !== null) return null;
  if (history.length * sessions < (many ?? MANY)) return null;
  const options = { initial, certificate: true, budget: BUDGET };
  const verdict: Verdict = analyse(transactions(history), options).verdict('strong-session-serializable');
  if (verdict.type === 'valid') {
    const certificate = verdict.certificate as TransactionCertificate | undefined;
    if (certificate?.kind !== 'serial') return null;
    const { order } = certificate satisfies SessionCertificate;
    return verifyInterleaving(history, register, order, initial) === undefined ? { order } : null;
  }
  if (verdict.type === 'unknown') return null;
  const named = new Set(verdict.anomalies[0].operations);
  return {
    part: historyOf(
      [...history].filter(({ start }) => named.has(start)),
      history,
    ),
  };
}

/** The history with each operation as a transaction. */
function transactions(history: History<Register>): History {
  const { columns } = history;
  const input: unknown[] = [];
  const output: unknown[] = [];
  for (let row = 0; row < history.length; row++) {
    const mops = mopsOf(columns, row);
    input.push(mops);
    output.push(columns.type[row] === OK ? mops : undefined);
  }
  const txn = { f: new Uint8Array(history.length), fNames: ['txn'], key: new Int32Array(history.length).fill(-1) };
  return historyLike(history, { ...txn, input, output, keyNames: [] }) as unknown as History;
}

function mopsOf({ type, f, fNames, key, input, output }: Columns, row: number): readonly unknown[] {
  const name = fNames[f[row]];
  if (name === 'read') return type[row] === OK ? [['r', key[row], output[row] ?? null]] : [];
  if (name === 'write') return [['w', key[row], input[row]]];
  const [old, after] = input[row] as readonly [unknown, unknown];
  // What a swap without a completion found is not known, only what it would have left.
  if (type[row] !== OK) return [['w', key[row], after]];
  return [
    ['r', key[row], old],
    ['w', key[row], after],
  ];
}
