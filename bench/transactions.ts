/**
 * Transactions over lists: each promised number beside what it takes
 * here, and beside the graph as the textbook has it in the same run.
 *
 *   node dist/bench/transactions.js [name...]     for only the measurements whose names begin so
 *
 * `measure.ts` says how.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type History, HistoryBuilder, type Judgement, judge, readHistory } from 'elle-ts';
import { randomOf } from './histories.ts';
import { type Measurement, measure } from './measure.ts';
import { plainCycle } from './plain-graph.ts';

const HUGE = resolve(import.meta.dirname, '../../../shared/corpus/histories/list-append/elle-huge-scc-1.jsonl');
/** As Elle's own measurements have it: so many keys are in use at once, each until it has so many elements. */
const KEYS = 10;
const ELEMENTS = 32;
const CLIENTS = 10;

type Mop = ['append', number, number] | ['r', number, readonly number[] | null];

interface Shape {
  readonly transactions: number;
  /** Every so many transactions one reads what was there a moment before, as snapshots do: write skew. */
  readonly skewEvery?: number;
}

/**
 * Clients make one to four appends or reads at a time, which take effect
 * together at a random moment of the transaction. 1% never return.
 */
function listHistory({ transactions, skewEvery }: Shape): History {
  const random = randomOf(3);
  const below = (limit: number): number => Math.floor(random() * limit);
  const history = new HistoryBuilder();
  const lists = new Map<number, readonly number[]>();
  const older = new Map<number, readonly number[]>();
  const active = Array.from({ length: KEYS }, (_, key) => key);
  let fresh = KEYS;
  let element = 0;
  const call = (): Mop[] =>
    Array.from({ length: 1 + below(4) }, (): Mop => {
      const place = below(KEYS);
      const key = active[place] as number;
      if (random() < 0.5) return ['r', key, null];
      if ((lists.get(key)?.length ?? 0) >= ELEMENTS) active[place] = fresh++;
      return ['append', key, ++element];
    });
  const effect = (mops: readonly Mop[], stale: boolean): Mop[] =>
    mops.map((mop): Mop => {
      const [f, key] = mop;
      const own = mops.some((other) => other[0] === 'append' && other[1] === key);
      if (f === 'r') return ['r', key, (stale && !own ? older : lists).get(key) ?? lists.get(key) ?? []];
      const list = lists.get(key) ?? [];
      older.set(key, list);
      lists.set(key, [...list, mop[2]]);
      return mop;
    });
  const clients = Array.from({ length: CLIENTS }, (_, process) => ({
    process,
    row: -1,
    mops: [] as Mop[],
    output: undefined as Mop[] | undefined,
  }));
  let begun = 0;
  let index = 0;
  let names = CLIENTS;
  while (begun < transactions || clients.some(({ row }) => row >= 0)) {
    const client = clients[below(CLIENTS)] as (typeof clients)[number];
    if (client.row < 0) {
      if (begun >= transactions) continue;
      begun++;
      client.mops = call();
      client.row = history.invoke(index, index * 1000, client.process, { f: 'txn', input: client.mops });
      index++;
    } else if (!client.output) client.output = effect(client.mops, skewEvery !== undefined && begun % skewEvery === 0);
    else {
      const lost = random() < 0.01;
      if (lost) client.process = names++;
      else {
        history.complete(client.row, index, index * 1000, { type: 'ok', output: client.output });
        index++;
      }
      client.row = -1;
      client.output = undefined;
    }
  }
  return history;
}

function said({ valid, models, anomalies }: Judgement): string {
  const decided = Object.values(models).filter((model) => model !== 'unknown').length;
  const shown = anomalies[0] ? `, ${anomalies[0].name} of ${anomalies[0].operations.length} transactions` : '';
  return `strict-serializable ${valid}, ${decided} of ${Object.keys(models).length} models decided${shown}`;
}

const ours = (shape: Shape) => (): (() => string) => {
  const history = listHistory(shape);
  return () => said(judge(history, { type: 'list-append' }));
};

const plain = (shape: Shape) => (): (() => string) => {
  const history = listHistory(shape);
  return () =>
    `${plainCycle(history) ? 'a cycle' : 'no cycle'} in ${shape.transactions.toLocaleString('en')} transactions`;
};

function huge(judged: (history: History) => string): () => (() => string) | undefined {
  return () => {
    if (!existsSync(HUGE)) return undefined;
    const { history } = readHistory(readFileSync(HUGE, 'utf8'));
    return () => judged(history);
  };
}

const million: Shape = { transactions: 1_000_000 };

const measurements: Readonly<Record<string, Measurement>> = {
  million: {
    what: 'list-append, 1,000,000 transactions, strictly serializable, all models (the baseline has 100,000)',
    promised: 3,
    ours: ours(million),
    baseline: plain({ transactions: 100_000 }),
  },
  skew: {
    what: 'list-append, 100,000 transactions with stale reads, all models and their counterexamples',
    promised: 3,
    ours: ours({ transactions: 100_000, skewEvery: 1000 }),
    baseline: plain({ transactions: 100_000, skewEvery: 1000 }),
    runs: 3,
  },
  huge: {
    what: 'the 2.8 MB strongly connected list-append history of the corpus, with a classified cycle',
    promised: 2,
    ours: huge((history) => said(judge(history, { type: 'list-append' }))),
    baseline: huge((history) => (plainCycle(history) ? 'a cycle, of no class' : 'no cycle')),
  },
};

measure(import.meta.filename, measurements, 'plain graph');
