/**
 * Sequential consistency of 10,000 operations of 100 clients, a fifth of which are never answered, so that there are
 * two thousand sessions: each promised number beside what it takes here, and beside the search over how far each is.
 *
 *   node dist/bench/sequential.js [name...]     for only the measurements whose names begin so
 *
 * `measure.ts` says how.
 */
import { HistoryBuilder, type Register, register, sequential, sequentialObjects, type Verdict } from 'elle-ts';
import { randomOf } from './histories.ts';
import { measure } from './measure.ts';

interface Lag {
  readonly seed: number;
  readonly keys: number;
  /** How many different values are written; absent: each write its own. */
  readonly values?: number;
  /**
   * Whether one read, in the second half, returns what its session knows to be gone, which no order explains: of two
   * values of one writing session the earlier, after it has read the later; where values repeat, one that only this
   * session wrote, once, and after which it has read another.
   */
  readonly stale?: boolean;
}

const OPERATIONS = 10_000;
const CLIENTS = 100;
const UNANSWERED = 0.2;
const SEEDS = 10;
const BASELINE_STEPS = 20_000;

interface Client {
  process: number;
  /** How much of the log it has seen, and where in it each key's value was that it read last. */
  seen: number;
  last: Map<string, number>;
  /** A value that nobody else writes, and whether it has read another since. */
  own?: number;
  isGone?: boolean;
}

interface Version {
  readonly at: number;
  readonly value: number;
  /** Who wrote it. */
  readonly process: number;
}

/** Clients that write to one log and read what was there some time ago, but never go back. */
function laggingHistory({ seed, keys, values, stale = false }: Lag): HistoryBuilder<Register> {
  const random = randomOf(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const history = new HistoryBuilder<Register>();
  const log = new Map<string, Version[]>();
  const client = (process: number): Client => ({ process, seen: 0, last: new Map() });
  const clients = Array.from({ length: CLIENTS }, (_, process) => client(process));
  let written = 0;
  let plant = stale;
  const write = (own: Client, key: string, value: number): void => {
    log.set(key, [...(log.get(key) ?? []), { at: written++, value, process: own.process }]);
    own.seen = written;
  };
  const read = (own: Client, key: string, mayPlant: boolean): number | null => {
    own.seen += below(1 + written - own.seen);
    const versions = log.get(key) ?? [];
    const before = own.last.get(key) ?? -1;
    const at = versions.findLastIndex((version) => version.at < own.seen);
    own.last.set(key, at);
    if (values && plant && mayPlant && own.own !== undefined) {
      plant = !own.isGone;
      if (own.isGone) return own.own;
      own.isGone = versions[at]?.value !== own.own;
    }
    const earlier = versions.find(({ process }, i) => i < before && process === versions[before]?.process);
    if (values || !plant || !mayPlant || !earlier) return versions[at]?.value ?? null;
    plant = false;
    return earlier.value;
  };
  for (let i = 0; i < OPERATIONS; i++) {
    const slot = below(CLIENTS);
    const own = clients[slot] as Client;
    const key = `k${below(keys)}`;
    const isLost = random() < UNANSWERED;
    let input = below(2) === 0 ? (values ? 1 + below(values) : i + 1) : null;
    if (values && plant && input !== null && !isLost && own.own === undefined && i > OPERATIONS / 2)
      own.own = input = values + i;
    const row = history.invoke(2 * i, 2 * i, own.process, { f: input === null ? 'read' : 'write', key, input });
    const output = input === null ? read(own, key, !isLost && i > OPERATIONS / 2) : null;
    if (input !== null) write(own, key, input);
    if (isLost) clients[slot] = client(CLIENTS + i);
    else history.complete(row, 2 * i + 1, 2 * i + 1, { type: 'ok', output });
  }
  if (plant) throw new Error(`no read of seed ${seed} could be made stale`);
  return history;
}

const seeds = Array.from({ length: SEEDS }, (_, seed) => seed + 1);

function everySeed(lag: Omit<Lag, 'seed'>): () => () => string {
  return () => {
    const histories = seeds.map((seed) => laggingHistory({ ...lag, seed }));
    return () => {
      const counts: Record<Verdict['type'], number> = { valid: 0, invalid: 0, unknown: 0 };
      let slowest = 0;
      for (const history of histories) {
        const began = performance.now();
        counts[sequential().check(history).type]++;
        slowest = Math.max(slowest, performance.now() - began);
      }
      const { valid, invalid, unknown } = counts;
      return `${valid} valid, ${invalid} invalid, ${unknown} unknown, the slowest ${(slowest / 1000).toFixed(1)} s`;
    };
  };
}

const plain = (lag: Omit<Lag, 'seed'>) => (): (() => string) => {
  const history = laggingHistory({ ...lag, seed: 1 });
  return () => `${sequentialObjects(register, { maxSteps: BASELINE_STEPS }).check(history).type}, one seed`;
};

const rows = {
  valid: { what: 'ten valid histories of five keys, values unique', lag: { keys: 5 } },
  stale: { what: 'the same with a read of an older value than one before', lag: { keys: 5, stale: true } },
  'few-values': { what: 'ten valid histories of one key with five values', lag: { keys: 1, values: 5 } },
  'few-values-stale': { what: 'the same with a stale read', lag: { keys: 1, values: 5, stale: true } },
} as const;

measure(
  import.meta.filename,
  Object.fromEntries(
    Object.entries(rows).map(([name, { what, lag }]) => [
      name,
      { what, promised: 60 * SEEDS, ours: everySeed(lag), runs: 1, baseline: plain(lag) },
    ]),
  ),
  'over sessions',
);
