/**
 * Linearizability, the checker alone: each promised number beside what
 * it takes here, and beside a plain Wing-Gong search in the same run.
 *
 *   node dist/bench/linearizable.js [name...]     for only the measurements whose names begin so
 *
 * `measure.ts` says how.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Api,
  type History,
  HistoryBuilder,
  linearizable,
  type Model,
  readHistory,
  register,
  type Verdict,
  zones,
} from 'elle-ts';
import { type Dense, denseHistory, denseRows } from './dense.ts';
import { type Measurement, measure } from './measure.ts';
import { wingGong } from './wing-gong.ts';

const CORPUS = resolve(import.meta.dirname, '../../../shared/corpus/histories');
/** What the baseline may use: it is stopped when it takes longer than anybody would wait. */
const BASELINE_STEPS = 300_000;

/** The register through the search for any model: no zones, no chains, no pruning. */
const anyModel: Model<Api, unknown> = { ...register } as unknown as Model<Api, unknown>;

const registers =
  (shape: Dense): (() => () => string) =>
  () => {
    const history = denseHistory(shape);
    return () => said(linearizable(register).check(history));
  };

const searched =
  (shape: Dense): (() => () => string) =>
  () => {
    const history = denseHistory(shape) as unknown as History;
    return () => said(linearizable(anyModel).check(history));
  };

const plain =
  (shape: Dense): (() => () => string) =>
  () => {
    const history = denseHistory(shape) as unknown as History;
    return () => verdictOf(wingGong(history, anyModel, BASELINE_STEPS));
  };

const million: Dense = { operations: 1_000_000, clients: 30, crashed: 0.01 };
const refused: Dense = { ...million, swaps: 0.42 };
const allInFlight: Dense = { operations: 100, clients: 30 };
const oneStale: Dense = { operations: 2000, clients: 5, crashed: 0.01, stale: true };
const fiveValues: Dense = { operations: 900, clients: 5, values: 5, crashed: 15 / 900 };
const fewValues: Dense = { operations: 5000, clients: 50, values: 5, crashed: 0.02, swaps: 0.3 };
const TEN_SEEDS = 10;
const twenty: Dense = { operations: 10_000, clients: 20 };

const measurements: Readonly<Record<string, Measurement>> = {
  million: {
    what: '1,000,000 register operations, 30 processes, 1% info (the baseline has 10,000)',
    promised: 0.15,
    ours: registers(million),
    baseline: plain({ ...million, operations: 10_000 }),
  },
  'million-keys': { what: 'the same over 1,000 keys', promised: 0.15, ours: registers({ ...million, keys: 1000 }) },
  'million-stale': {
    what: 'the same with one stale read, explained',
    promised: 0.15,
    ours: registers({ ...million, stale: true }),
  },
  'million-refused': {
    what: '1,000,000 register operations, 30 processes, 1% info, 40% refused swaps (the baseline has 10,000)',
    promised: 0.3,
    ours: registers(refused),
    baseline: plain({ ...refused, operations: 10_000 }),
  },
  'million-refused-keys': {
    what: 'the same over 1,000 keys',
    promised: 0.3,
    ours: registers({ ...refused, keys: 1000 }),
  },
  'ten-million': {
    what: '10,000,000 of them, columns in memory (the baseline has 10,000)',
    promised: 1.5,
    ours: () => {
      const rows = denseRows({ ...million, operations: 10_000_000 });
      const values = rows.length + 1;
      const { old: _, ...plainRows } = rows;
      const columns = { ...plainRows, keys: 1, values, keyOfValue: new Int32Array(values), initial: new Int32Array(1) };
      return () => (zones(columns).violations.length === 0 ? 'valid' : 'invalid');
    },
    baseline: plain({ ...million, operations: 10_000 }),
  },
  'in-flight': {
    what: '100 register operations of 30 clients, all in flight',
    promised: 0.005,
    ours: registers(allInFlight),
    baseline: plain(allInFlight),
  },
  stale: {
    what: '2,000 register operations, 1% info, one stale read',
    promised: 0.01,
    ours: registers(oneStale),
    baseline: plain(oneStale),
  },
  'five-values': {
    what: '900 operations of 5 processes over 5 values, 15 crashed writes',
    promised: 0.1,
    ours: registers(fiveValues),
    baseline: plain(fiveValues),
  },
  'few-values': {
    what: 'ten histories of one key, 50 clients, 5 values, 5,000 calls, 2% unanswered, 30% swaps: each decided',
    promised: 30 * TEN_SEEDS,
    ours: everySeed(fewValues),
    runs: 1,
    baseline: plain(fewValues),
  },
  'few-values-stale': {
    what: 'the same with a read of what was written once and overwritten before, and 90% of the others reads',
    promised: 30 * TEN_SEEDS,
    ours: everySeed({ ...fewValues, swaps: 0.1, reads: 0.9, stale: true }),
    runs: 1,
    baseline: plain({ ...fewValues, swaps: 0.1, reads: 0.9, stale: true }),
  },
  twenty: {
    what: 'one key, 20 processes, 10,000 operations, by the search for registers',
    promised: 60,
    ours: repeatedOnce(twenty),
    runs: 1,
    baseline: plain(twenty),
  },
  etcd: {
    what: 'all etcd logs of the corpus, one thread',
    promised: 0.6,
    ours: etcd((history) => said(linearizable(register).check(history as never))),
    baseline: etcd((history) => verdictOf(wingGong(history, anyModel, BASELINE_STEPS))),
  },
  'kv-ok': {
    what: 'the corpus kv c10-ok, unpartitioned',
    promised: 1,
    ours: unpartitioned('porcupine-c10-ok.jsonl', ours),
    baseline: unpartitioned('porcupine-c10-ok.jsonl', plainly),
    runs: 3,
  },
  'kv-bad': {
    what: 'the corpus kv c10-bad, unpartitioned',
    promised: 1,
    ours: unpartitioned('porcupine-c10-bad.jsonl', ours),
    baseline: unpartitioned('porcupine-c10-bad.jsonl', plainly),
    runs: 3,
  },
  'twenty-any': {
    what: 'one key, 20 processes, 1,000 operations, by the search for any model',
    promised: 60,
    ours: searched({ ...twenty, operations: 1000 }),
    runs: 1,
  },
};

/** A history of which one value is written a second time at the end, so that the zones must leave it to the search. */
/** Ten seeds of a shape: how many of each verdict, and what the slowest took. */
function everySeed(shape: Dense): () => () => string {
  return () => {
    const histories = Array.from({ length: TEN_SEEDS }, (_, seed) => denseHistory({ ...shape, seed: seed + 1 }));
    return () => {
      const counts = { valid: 0, invalid: 0, unknown: 0 };
      let slowest = 0;
      let largest = 0;
      for (const history of histories) {
        const began = performance.now();
        const verdict = linearizable(register).check(history);
        counts[verdict.type]++;
        if (verdict.type === 'invalid') largest = Math.max(largest, verdict.anomalies[0]?.operations.length ?? 0);
        slowest = Math.max(slowest, performance.now() - began);
      }
      const shown = largest > 0 ? `, the largest counterexample of ${largest} operations` : '';
      return `${counts.valid} valid, ${counts.invalid} invalid, ${counts.unknown} unknown, the slowest ${(slowest / 1000).toFixed(1)} s${shown}`;
    };
  };
}

function repeatedOnce(shape: Dense): () => () => string {
  return () => {
    const history = denseHistory(shape);
    const events = 2 * history.length + 2;
    for (const event of [events, events + 2]) {
      const row = history.invoke(event, event, 9999, { f: 'write', input: -1 });
      history.complete(row, event + 1, event + 1, { type: 'ok', output: null });
    }
    return () => said(linearizable(register).check(history));
  };
}

function etcd(judge: (history: History) => string): () => (() => string) | undefined {
  return () => {
    const folder = join(CORPUS, 'cas-register');
    if (!existsSync(folder)) return undefined;
    const logs = readdirSync(folder).filter((name) => name.includes('etcd'));
    const histories = logs.map((name) => readHistory(readFileSync(join(folder, name), 'utf8')).history);
    return () => {
      const verdicts = histories.map(judge);
      return `${verdicts.filter((verdict) => verdict === 'valid').length} of ${verdicts.length} valid`;
    };
  };
}

type Texts = Readonly<Record<string, string>>;
type Store = {
  get(key: string): string;
  put(input: readonly [string, string]): null;
  append(input: readonly [string, string]): null;
};

/** All keys as one object, as a model of one's own would have it. */
const store: Model<Store, Texts> = {
  name: 'store',
  init: {},
  step: {
    get: (texts, key) => [texts, texts[key] ?? ''],
    put: (texts, [key, text]) => [{ ...texts, [key]: text }, null],
    append: (texts, [key, text]) => [{ ...texts, [key]: (texts[key] ?? '') + text }, null],
  },
  readOnly: (f) => f === 'get',
};

type Judge = (history: History<Store>) => string;
function ours(history: History<Store>): string {
  return said(linearizable(store).check(history));
}

function plainly(history: History<Store>): string {
  return verdictOf(wingGong(history, store, BASELINE_STEPS));
}

function unpartitioned(name: string, judge: Judge): () => (() => string) | undefined {
  return () => {
    const file = join(CORPUS, 'kv', name);
    if (!existsSync(file)) return undefined;
    const history = new HistoryBuilder<Store>();
    const open = new Map<number, number>();
    for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
      const { index, process, type, f, value } = JSON.parse(line);
      if (type === 'invoke')
        open.set(process, history.invoke(index, index, process, { f, input: f === 'get' ? value[0] : value }));
      else history.complete(open.get(process) as number, index, index, { type, output: f === 'get' ? value[1] : null });
    }
    return () => judge(history);
  };
}

function said(verdict: Verdict): string {
  return verdict.type === 'invalid'
    ? `invalid, shown by ${verdict.anomalies[0].operations.length} operations`
    : verdict.type;
}

function verdictOf(valid: boolean | undefined): string {
  return valid === undefined ? `gave up after ${BASELINE_STEPS} steps` : valid ? 'valid' : 'invalid';
}

measure(import.meta.filename, measurements, 'Wing-Gong');
