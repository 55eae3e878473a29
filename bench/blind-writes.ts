/**
 * Transactions over registers that write without reading, where nobody knows the order of the writes: each promised
 * number beside what it takes here, and beside the polygraph as the textbook has it, on as much as that can bear.
 *
 *   node dist/bench/blind-writes.js [name...]     for only the measurements whose names begin so
 *
 * `measure.ts` says how.
 */
import { type History, historyOf, judge, type Operation } from 'elle-ts';
import { type Measurement, measure } from './measure.ts';
import { plainOrder } from './plain-polygraph.ts';
import {
  jepsenCalls,
  miniCalls,
  type RegisterMop,
  type RegisterShape,
  registerTransactions,
} from './register-transactions.ts';

function said(history: History, type: string, models: readonly string[]): string {
  return models
    .map((model) => {
      const { valid, anomalies } = judge(history, { type, model });
      const shown = anomalies[0] ? `, ${anomalies[0].name} of ${anomalies[0].operations.length} transactions` : '';
      return `${model} ${valid}${shown}`;
    })
    .join(', ');
}

const ours =
  (shape: RegisterShape, type: string, ...models: readonly string[]) =>
  (): (() => string) => {
    const history = registerTransactions(shape);
    return () => said(history, type, models);
  };

/** The same with ten values only, and one read of the initial value after seven tenths of it. */
function tenValues(transactions: number): History {
  const few = (mops: readonly RegisterMop[]): RegisterMop[] =>
    mops.map(([f, key, value]) => [f, key, value === null ? null : (value % 10) + 1]);
  let isPlanted = false;
  const operations = [...registerTransactions(jepsen(transactions))].map((operation, at) => {
    const { input, outcome } = operation as unknown as { input: RegisterMop[]; outcome: { output?: RegisterMop[] } };
    const output = few(outcome.output ?? []);
    const place = output.findIndex(([f, key], i) => f === 'r' && output.findIndex(([, of]) => of === key) === i);
    if (!isPlanted && at > 0.7 * transactions && place >= 0) {
      isPlanted = true;
      output[place] = ['r', (output[place] as RegisterMop)[1], null];
    }
    const told = outcome.output ? { ...outcome, output } : outcome;
    return { ...operation, input: few(input), outcome: told } as unknown as Operation;
  });
  return historyOf(operations);
}

const plain = (shape: RegisterShape) => (): (() => string) => {
  const history = registerTransactions(shape);
  return () => `${plainOrder(history) ? 'an order' : 'no order'} of ${history.length} transactions`;
};

const jepsen = (transactions: number, stale = false): RegisterShape => ({ transactions, calls: jepsenCalls, stale });

const growth = (transactions: number, promised: number): Measurement => ({
  what: `rw-register, Jepsen's generator, ${transactions.toLocaleString('en')} transactions, valid, strict serializable`,
  promised,
  ours: ours(jepsen(transactions), 'rw-register', 'strict-serializable'),
  baseline: plain(jepsen(60)),
  runs: 3,
});

const measurements: Readonly<Record<string, Measurement>> = {
  'jepsen-12500': growth(12_500, 0.375),
  'jepsen-25000': growth(25_000, 0.75),
  'jepsen-50000': growth(50_000, 1.5),
  'jepsen-100000': growth(100_000, 3),
  stale: {
    what: 'the same of 100,000 transactions with one read that is 25 versions old (the baseline has 60)',
    promised: 6,
    ours: ours(jepsen(100_000, true), 'rw-register', 'strict-serializable'),
    baseline: plain(jepsen(60, true)),
    runs: 3,
  },
  mini: {
    what: 'mini-transactions, 1,000,000, serializable and snapshot isolation',
    promised: 3,
    ours: ours({ transactions: 1_000_000, calls: miniCalls }, 'rw-register', 'serializable', 'snapshot-isolation'),
    runs: 3,
  },
  'ten-values': {
    what: '1,000 transactions that write ten values, one read of the initial one late: serializable, snapshot isolation',
    promised: 10,
    ours: () => {
      const history = tenValues(1000);
      return () => said(history, 'rw-register', ['serializable', 'snapshot-isolation']);
    },
    baseline: plain(jepsen(60)),
    runs: 3,
  },
  multi: {
    what: 'multi-register, 100,000 operations, one read 25 versions old, linearizable',
    promised: 5,
    ours: ours(jepsen(100_000, true), 'multi-register', 'linearizable'),
    runs: 3,
  },
};

measure(import.meta.filename, measurements, 'plain polygraph');
