/** Sequential consistency by the search for an order of transactions: as without it, and where without it none ends. */
import {
  type Api,
  type History,
  historyOf,
  type Operation,
  type Register,
  register,
  sequential,
  verifyInterleaving,
} from 'elle-ts';
import { expect, test } from 'vitest';
import { chance, registerHistory, registerShape } from '../oracle/registerHistories.ts';

const SEEDS = 300;

const text = (history: History<Register>): string => [...history].map((o) => JSON.stringify(o)).join('\n');

test('gives small histories the verdict of the search over sessions', () => {
  const counts = { valid: 0, invalid: 0, unknown: 0 };
  for (let seed = 0; seed < SEEDS; seed++) {
    const random = chance(seed);
    const history = registerHistory(random, registerShape(random));
    const { type } = sequential().check(history);
    const ours = sequential({ many: 0, certificate: true }).check(history);
    if (ours.type !== type) expect.fail(`seed ${seed} is ${type}, not ${JSON.stringify(ours)}\n${text(history)}`);
    if (ours.type === 'invalid') {
      const named = new Set(ours.anomalies[0].operations);
      const alone = historyOf<Register>([...history].filter(({ start }) => named.has(start)));
      expect({ seed, type: sequential().check(alone).type }).toEqual({ seed, type: 'invalid' });
    }
    counts[type]++;
  }
  expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(SEEDS / 10);
});

/** Clients that read what was there some time ago, but never go back; every fifth operation is never answered. */
function lagging(operations: number, backwards: boolean): History<Register> {
  const random = chance(1);
  const below = (limit: number): number => Math.floor(random() * limit);
  const log: { key: string; value: number }[] = [];
  const clients = Array.from({ length: 100 }, (_, process) => ({ process, seen: 0 }));
  const made: unknown[] = [];
  for (let i = 0; i < operations; i++) {
    const client = clients[below(100)] as (typeof clients)[0];
    const key = `k${below(5)}`;
    const lost = below(5) === 0;
    const times = { process: client.process, key, start: 2 * i, startNs: 0, endNs: 0 };
    const end = lost ? Number.MAX_SAFE_INTEGER : 2 * i + 1;
    if (below(2) === 0) {
      log.push({ key, value: i });
      client.seen = log.length;
      made.push({
        ...times,
        end,
        f: 'write',
        input: i,
        outcome: lost ? { type: 'info', error: 'lost' } : { type: 'ok', output: null },
      });
    } else {
      client.seen += below(1 + log.length - client.seen);
      const output = log.slice(0, client.seen).findLast((write) => write.key === key)?.value ?? null;
      made.push({
        ...times,
        end,
        f: 'read',
        input: null,
        outcome: lost ? { type: 'info', error: 'lost' } : { type: 'ok', output },
      });
    }
    if (lost) Object.assign(client, { process: 100 + i, seen: 0 });
  }
  if (backwards) {
    const last = log.filter(({ key }) => key === 'k0').at(-1)?.value;
    const read = (output: unknown, at: number) => ({
      process: 1e6,
      key: 'k0',
      f: 'read',
      input: null,
      outcome: { type: 'ok', output },
      start: 2 * operations + 2 * at,
      end: 2 * operations + 2 * at + 1,
      startNs: 0,
      endNs: 0,
    });
    made.push(read(last, 0), read(null, 1));
  }
  return historyOf<Register>(made as unknown as Operation<Register>[]);
}

test('orders two thousand operations of hundreds of sessions that read what is long overwritten', () => {
  const history = lagging(2000, false);
  const verdict = sequential({ certificate: true, many: 0 }).check(history);
  if (verdict.type !== 'valid') return expect.fail(JSON.stringify(verdict));
  const { order } = verdict.certificate as { order: readonly number[] };
  expect(verifyInterleaving(history as unknown as History<Api> as never, register, order)).toBeUndefined();
});

test('names the few operations of which two reads go backwards', () => {
  const verdict = sequential({ many: 0 }).check(lagging(2000, true));
  if (verdict.type !== 'invalid') return expect.fail(JSON.stringify(verdict));
  expect(verdict.anomalies[0].operations.length).toBeLessThan(8);
});
