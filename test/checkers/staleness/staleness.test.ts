import { type History, historyOf, lostWrites, type Operation, type Register, register, staleness } from 'elle-ts';
import { expect, test } from 'vitest';
import { chance } from '../oracle/chance.ts';
import { randomHistory } from '../oracle/random.ts';

function randomRegisters(seed: number): History<Register> {
  const random = chance(seed);
  return randomHistory(random, register, {
    operations: 4 + random.int(12),
    processes: 2 + random.int(3),
    keys: random.pick([['x'], ['x', 'y']]),
    call: (c, n) =>
      c.maybe(0.5) ? { f: 'read', input: null } : { f: 'write', input: c.maybe(0.8) ? n + 10 : c.int(3) },
    info: random.pick([0, 0.1]),
    fail: random.pick([0, 0.1]),
    damage: random.int(6),
    slow: random.pick([1, 3]),
  });
}

/** The end of the last write of a value that may have happened. */
function written(history: History<Register>, key: string | undefined, value: unknown): number {
  const writes = [...history].filter(
    (o) => o.key === key && o.f === 'write' && o.input === value && o.outcome.type !== 'fail',
  );
  if (writes.length === 0) return value === null ? -1 : Number.POSITIVE_INFINITY;
  return Math.max(...writes.map((o) => o.end));
}

/** The writes that certainly superseded what a read returned before it began, by definition. */
function newer(history: History<Register>, read: Operation<Register>): readonly Operation<Register>[] {
  if (read.outcome.type !== 'ok') return [];
  const since = written(history, read.key, read.outcome.output);
  return [...history].filter(
    (o) => o.key === read.key && o.f === 'write' && o.outcome.type === 'ok' && o.start > since && o.end < read.start,
  );
}

/**
 * When a value was there for certain: its write had returned, or a read
 * that found it, if it was written once and was not there at first.
 */
function there(history: History<Register>, key: string | undefined, value: unknown): number {
  const since = written(history, key, value);
  const ofKey = [...history].filter((o) => o.key === key);
  const writes = ofKey.filter((o) => o.f === 'write' && o.input === value && o.outcome.type !== 'fail');
  if (value === null || writes.length !== 1) return since;
  return Math.min(since, ...ofKey.filter((o) => shownBy(o) === value).map((o) => o.end));
}

/** What an operation that returned shows the register to hold. */
function shownBy(o: Operation<Register>): unknown {
  if (o.outcome.type !== 'ok') return undefined;
  return o.f === 'write' ? o.input : o.outcome.output;
}

/**
 * The operations that show that what a read returned was superseded before
 * it began, by definition: of a write that began after it was there.
 */
function gone(history: History<Register>, read: Operation<Register>): readonly Operation<Register>[] {
  const value = shownBy(read);
  const since = there(history, read.key, value);
  const ofKey = [...history].filter((o) => o.key === read.key);
  const isOnce = (one: unknown) =>
    one !== null && ofKey.filter((o) => o.f === 'write' && o.input === one && o.outcome.type !== 'fail').length === 1;
  return ofKey
    .filter((o) => o.f === 'write' && o.outcome.type !== 'fail' && o.start > since)
    .flatMap((write) => ofKey.filter((o) => shownBy(o) === write.input && (o === write || isOnce(write.input))))
    .filter((o) => o.end < read.start);
}

test('ages and versions of reads agree with their definitions on 2,000 random histories', () => {
  let stale = 0;
  for (let seed = 0; seed < 2000; seed++) {
    const history = randomRegisters(seed);
    const reads = [...history].filter((o) => o.f === 'read' && o.outcome.type === 'ok');
    const versions = reads.map((read) =>
      gone(history, read).length === 0 ? 0 : Math.max(1, newer(history, read).length),
    );
    const ages = reads.map((read) => {
      const [first] = [...gone(history, read)].sort((a, b) => a.end - b.end);
      return first ? Math.max(0, read.startNs - first.endNs) : 0;
    });
    const measured = staleness(history);
    expect({ seed, versions: [...(measured?.versionCounts ?? [])] }).toEqual({ seed, versions });
    expect({ seed, ages: [...(measured?.agesNs ?? [])] }).toEqual({ seed, ages });
    expect(measured?.versions.max).toBe(Math.max(0, ...versions));
    stale += measured?.stale ?? 0;
  }
  expect(stale).toBeGreaterThan(500);
});

test('lost writes agree with their definition on 2,000 random histories', () => {
  const counts = { valid: 0, invalid: 0 };
  for (let seed = 0; seed < 2000; seed++) {
    const history = randomRegisters(seed);
    const reads = [...history].filter((o) => o.f === 'read' && o.outcome.type === 'ok');
    const lost = [...history].filter((write) => {
      if (write.f !== 'write' || write.outcome.type !== 'ok') return false;
      const after = reads.filter((read) => read.key === write.key && read.start > write.end);
      const old = (read: Operation<Register>): boolean =>
        read.outcome.type === 'ok' && written(history, read.key, read.outcome.output) < write.start;
      return after.length > 0 && after.every(old);
    });
    const verdict = lostWrites().check(history);
    const named = verdict.type === 'invalid' ? verdict.anomalies.map((anomaly) => anomaly.operations.at(-2)) : [];
    expect({ seed, named: [...named].sort() }).toEqual({ seed, named: lost.map((write) => write.start).sort() });
    counts[lost.length > 0 ? 'invalid' : 'valid']++;
  }
  expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(200);
});

test('a stale read that is followed by a fresh one is stale, but loses no write', () => {
  const at = (start: number, f: 'read' | 'write', value: number | null): Operation<Register> =>
    ({
      process: 0,
      f,
      input: f === 'read' ? null : value,
      outcome: { type: 'ok', output: f === 'read' ? value : null },
      start,
      end: start + 1,
      startNs: start * 10,
      endNs: start * 10 + 5,
    }) as Operation<Register>;
  expect(staleness(historyOf<Register>([]))).toMatchObject({
    reads: 0,
    stale: 0,
    ageNs: { max: 0 },
  });
  const operations = [at(0, 'write', 1), at(2, 'write', 2), at(4, 'read', 1), at(6, 'read', 2)];
  const fresh = historyOf(operations);
  expect(staleness(fresh)).toMatchObject({
    reads: 2,
    stale: 1,
    worst: { start: 4, ageNs: 15, versions: 1 },
  });
  expect(lostWrites().check(fresh)).toEqual({ type: 'valid' });
  const vanished = historyOf(operations.slice(0, 3));
  expect(lostWrites().check(vanished)).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'lost-write', operations: [0, 2, 4] }],
  });
});
