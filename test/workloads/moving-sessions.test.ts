import { historyOf, type Operation } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { drawsFrom } from '../../harness/setting/random.ts';
import { movingSessionsWorkload, type SessionRegister } from '../../workloads/moving-sessions.ts';

const nodes = ['n1', 'n2', 'n3'];
const options = { clients: 3, nodes, durationMs: 3000, ratePerSecond: 20, keys: 3, mix: { read: 1, write: 1 } };
const causal = movingSessionsWorkload.checkers.find(({ name }) => name === 'causal')!;

/** One session that writes 1 to x at n1 and reads x at n2. */
function session(value: number | null) {
  const at = (start: number) => ({ process: 0, key: 'x', start, end: start + 1, startNs: start, endNs: start + 1 });
  const written = {
    f: 'write',
    node: 'n1',
    input: { value: 1, context: null },
    outcome: { type: 'ok', output: { context: { n1: 1 } } },
  };
  const context = { n1: 1 };
  const read = { f: 'read', node: 'n2', input: { context }, outcome: { type: 'ok', output: { value, context } } };
  return historyOf([
    { ...at(0), ...written },
    { ...at(2), ...read },
  ] as Operation<SessionRegister>[]);
}

describe('the workload of sessions that move', () => {
  it('takes every client to several nodes, with what it was told last', () => {
    const calls = movingSessionsWorkload.calls(drawsFrom(1), options);
    for (const client of [0, 1, 2]) {
      const own = calls.filter((call) => call.client === client);
      expect(new Set(own.map(({ node }) => node)).size).toBe(3);
    }
    for (const { input } of calls) expect(input.context).toEqual({ $last: 'context' });
    expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
  });

  it('misses what a session wrote elsewhere, and only that', () => {
    expect(causal.check(session(1)).type).toBe('valid');
    expect(causal.check(session(null))).toMatchObject({ type: 'invalid', anomalies: [{ operations: [0, 2] }] });
  });
});
