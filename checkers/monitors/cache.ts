/**
 * Caches: a read may find nothing at any time, but what it finds must be the latest.
 *
 * Reads that found nothing are left out; the others, with sets and invalidations as writes, must
 * be linearizable as a register. For distinct values that is decided by zones (Gibbons and Korach,
 * "Testing shared memories", SIAM J. Computing 26(4), 1997): a value's operations may all lie between
 * the first end and the last beginning among them, and two values conflict when each ended somewhere
 * before the other began somewhere. The placement that proves this lets values be set as late and read
 * as early as possible, so an entry has expired exactly where it has expired in that placement.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { FAIL, INFO, NEVER_COLUMN, OK } from '../history.ts';
import type { Model } from '../model.ts';
import { baseless, type Deed } from './begun.ts';
import { type Cache, cacheSearch, entry } from './cache-search.ts';
import { anomaly, say, short } from './findings.ts';
import { identity } from './identity.ts';
import { type Finding, found, monitor, unsupportedOperations } from './monitor.ts';
import { hadBegunBy } from './real-time.ts';
import type { Timeline } from './timeline.ts';

export type { Cache };

/** How long entries live, and how far clocks may be wrong. */
export interface CacheOptions {
  /** The time to live, in ms, of entries that do not name theirs; for ever, unless said otherwise. */
  readonly ttlMs?: number;
  /** By how much, in ms, clocks may be wrong: a value found too late by up to this is allowed. */
  readonly toleranceMs?: number;
}

/**
 * Whether no read found what had been replaced, invalidated or expired, or was never set. Exact, and O(n)
 * for distinct values. Where one is set again, a bounded search decides.
 */
export function cache(options: CacheOptions = {}): Checker<Cache> {
  const search = cacheSearch(model, options);
  return monitor<Cache>('cache', (timeline) => judge(timeline, options), search);
}

/** A cache as an object that holds one value; whatever it holds, a read may find nothing. */
const model: Model<Cache, unknown> = {
  name: 'cache',
  init: null,
  step: {
    get: (value) => [value, value],
    set: (_, given) => [entry(given).value, null],
    invalidate: () => [null, null],
  },
  observes: ['get'],
  readOnly: (f) => f === 'get',
  same: (_, expected, observed) => observed === null || identity(expected) === identity(observed),
};

/**
 * A value with its operations: its first end, its last beginning
 * and the rows that have them. An invalidation is a value nobody finds.
 */
interface Cluster {
  readonly write: number;
  readonly finds: number[];
  /** The row that ended first and the row that began last. */
  ended: number;
  began: number;
}

function judge(timeline: Timeline, options: CacheOptions): Finding {
  const unsupported = unsupportedOperations(timeline, ['get', 'set', 'invalidate']);
  if (unsupported) return unsupported;
  const { columns, rows } = timeline;
  const clusters = clustersOf(timeline);
  const { again } = clusters;
  const anomalies: Anomaly[] = [];
  for (const row of rows) {
    if (columns.fNames[columns.f[row]] !== 'get' || columns.type[row] !== OK || columns.output[row] === null) continue;
    const wrong = find(timeline, row, clusters);
    if (wrong) anomalies.push(wrong);
  }
  if (anomalies.length > 0) return found(anomalies);
  if (again !== undefined) return { type: 'unsure', reason: `${short(columns.input[again])} was set twice` };
  const kept = clusters.all.filter(({ write, finds }) => finds.length > 0 || columns.type[write] !== INFO);
  const stale = conflict(timeline, kept);
  const late = columns.realTime ? expired(timeline, kept, options) : [];
  return found([...(stale ? [stale] : []), ...late]);
}

const SET: Deed = { did: 'set it', doing: 'setting it', to: 'set it' };

/** Adds a read to the cluster of the value it found; returns what is wrong where there is none, or none yet. */
function find({ columns, inv, ret }: Timeline, row: number, { values, failed }: Clusters): Anomaly | undefined {
  const name = identity(columns.output[row]);
  const cluster = values.get(name);
  if (!cluster || !hadBegunBy(columns, cluster.write, row)) {
    const origin = { begun: cluster ? [cluster.write] : [], failed: failed.get(name) ?? -1 };
    return baseless(columns, SET, `A read found ${short(columns.output[row])}`, row, origin);
  }
  cluster.finds.push(row);
  if (ret[row] < ret[cluster.ended]) cluster.ended = row;
  if (inv[row] > inv[cluster.began]) cluster.began = row;
  return undefined;
}

interface Clusters {
  readonly values: ReadonlyMap<unknown, Cluster>;
  readonly all: readonly Cluster[];
  readonly failed: ReadonlyMap<unknown, number>;
  /** The first row that sets what another sets again. */
  readonly again?: number | undefined;
}

function clustersOf({ columns, rows }: Timeline): Clusters {
  let again: number | undefined;
  const values = new Map<unknown, Cluster>();
  const all: Cluster[] = [];
  const failed = new Map<unknown, number>();
  for (const row of rows) {
    const f = columns.fNames[columns.f[row]];
    if (f === 'get') continue;
    const value = identity(entry(columns.input[row]).value);
    if (columns.type[row] === FAIL) {
      if (f === 'set') failed.set(value, row);
      continue;
    }
    const cluster = { write: row, finds: [], ended: row, began: row };
    all.push(cluster);
    // Nobody finds null: who reads it found nothing, and may find nothing at any time.
    if (f === 'invalidate' || value === null) continue;
    const before = values.get(value);
    if (before) again ??= before.write;
    else values.set(value, cluster);
  }
  return { values, all, failed, again };
}

/** The first two values of which each ended somewhere before the other began somewhere. */
function conflict(timeline: Timeline, kept: readonly Cluster[]): Anomaly | undefined {
  const { inv, ret, size } = timeline;
  const at: Cluster[] = new Array(size);
  for (const cluster of kept) at[Math.min(ret[cluster.ended], inv[cluster.began])] = cluster;
  let open: Cluster | undefined;
  for (let time = 0; time < size; time++) {
    const cluster = at[time];
    if (!cluster) continue;
    if (open && ret[cluster.ended] < inv[open.began]) return overwritten(timeline, open, cluster);
    if (ret[cluster.ended] < inv[cluster.began]) open = cluster;
  }
  return undefined;
}

function overwritten({ columns }: Timeline, one: Cluster, two: Cluster): Anomaly {
  const value = short(entry(columns.input[one.write]).value);
  const invalidated = columns.fNames[columns.f[two.write]] === 'invalidate';
  const other = invalidated ? 'the invalidation' : short(entry(columns.input[two.write]).value);
  const steps = [
    `${say(columns, one.ended)} ended before ${say(columns, two.began)} began: ${value} was there before ${other}.`,
    `${say(columns, two.ended)} ended before ${say(columns, one.began)} began: ${value} was there after ${other}.`,
  ];
  const rows = [one.write, one.ended, one.began, two.write, two.ended, two.began];
  const what = invalidated ? 'had been invalidated' : `had been replaced by ${other}`;
  return anomaly(columns, 'stale-read', `A read found ${value}, which ${what}.`, rows, steps);
}

/** The reads that began when their value had expired even if it was set as late as possible. */
function expired({ columns, ret }: Timeline, kept: readonly Cluster[], options: CacheOptions): readonly Anomaly[] {
  const tolerance = options.toleranceMs ?? 0;
  return kept.flatMap(({ write, finds, ended }) => {
    const ttl = entry(columns.input[write]).ttlMs ?? options.ttlMs;
    if (ttl === undefined || ret[ended] === NEVER_COLUMN) return [];
    const limit = columns.endNs[ended] + (ttl + tolerance) * 1e6;
    const late = finds.find((row) => columns.startNs[row] > limit);
    if (late === undefined) return [];
    const age = Math.round((columns.startNs[late] - columns.endNs[ended]) / 1e6);
    const value = short(entry(columns.input[write]).value);
    const steps = [
      `${say(columns, ended)} ended, so ${value} was set by then.`,
      `${say(columns, late)} began ${age} ms later.`,
    ];
    return [
      anomaly(
        columns,
        'expired-read',
        `A read found ${value} ${age} ms after it was set, with ${ttl} ms to live.`,
        [write, ended, late],
        steps,
      ),
    ];
  });
}
