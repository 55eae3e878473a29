import { type History, historyOf, judge, type Operation } from 'elle-ts';
import { describe, expect, it } from 'vitest';

/** One transaction after the other: what it did, and whether it failed. */
function history(
  ...txns: readonly (readonly [mops: readonly (readonly unknown[])[], type: 'ok' | 'fail' | 'info'])[]
): History {
  const operations = txns.map(([mops, type], i) => ({
    process: i,
    f: 'txn',
    input: mops,
    outcome: type === 'ok' ? { type, output: mops } : { type, error: 'aborted' },
    start: 2 * i,
    end: type === 'info' ? Number.MAX_SAFE_INTEGER : 2 * i + 1,
    startNs: i,
    endNs: i,
  }));
  return historyOf(operations as unknown as Operation[]);
}

describe('a transaction that was asked to abort', () => {
  it.each(['rw-register', 'list-append'])('is one that failed, as %s', (type) => {
    const lists = type === 'list-append';
    const write = [lists ? 'append' : 'w', 'x', 1];
    const read = ['r', 'x', lists ? [1] : 1];
    const aborted = [[write, ['abort']], 'fail'] as const;
    expect(judge(history(aborted, [[['r', 'x', null]], 'ok']), { type }).valid).toBe(true);
    const seen = judge(history(aborted, [[read], 'ok']), { type });
    expect(seen.valid).toBe(false);
    expect(seen.anomalies.map(({ name }) => name)).toContain('G1a');
  });

  it('may have been begun and never heard of', () => {
    const lost = [[['w', 'x', 1], ['abort']], 'info'] as const;
    expect(judge(history(lost, [[['r', 'x', null]], 'ok']), { type: 'rw-register' }).valid).toBe(true);
  });
});
