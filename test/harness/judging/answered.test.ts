import { historyOf, type Operation } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { judgeAnswered } from '../../../harness/judging/answered.ts';
import type { Claim } from '../../../systems/system.ts';

const claim: Claim = {
  ...{ model: 'linearizable', under: ['crash'], available: 'none', durable: 'no', converges: false, recoversMs: 100 },
};
const OK = { type: 'ok', output: 1 } as const;
const REFUSED = { type: 'fail', error: 'n1 is down' } as const;
const SILENT = { type: 'info', error: 'no answer' } as const;
const MISMATCH = { type: 'fail', error: 'mismatch' } as const;

function verdict(
  answered: number | undefined,
  outcomes: readonly Operation['outcome'][],
  starvedMs = 0,
  answers = [-1],
) {
  const operations = outcomes.map((outcome, i) => ({
    ...{ process: i, node: 'n1', f: outcome === MISMATCH ? 'cas' : 'read', key: 'x', input: null, outcome },
    ...{ start: 2 * i, end: outcome.type === 'info' ? Number.MAX_SAFE_INTEGER : 2 * i + 1 },
    ...{ startNs: i * 1e6, endNs: outcome.type === 'info' ? Number.POSITIVE_INFINITY : (i + 0.5) * 1e6 },
  })) as Operation[];
  const recorded = { history: historyOf(operations), answers: new Set(answers) };
  const promised = answered === undefined ? claim : { ...claim, answered };
  return judgeAnswered(promised, recorded, 1000, { thrown: [], starvedMs });
}

describe('a claim to answer a share of calls', () => {
  it('is nobody’s who does not make it', () => {
    expect(verdict(undefined, [SILENT, REFUSED]).type).toBe('valid');
  });

  it.each([
    [1, [OK, OK, MISMATCH], 'valid'],
    [1, [OK, OK, SILENT], 'invalid'],
    [1, [OK, OK, REFUSED], 'invalid'],
    [0.66, [OK, OK, REFUSED], 'valid'],
    [0.67, [OK, OK, REFUSED], 'invalid'],
    [0, [SILENT], 'valid'],
    [1, [], 'unknown'],
  ] as const)('of %s, where %j came back, is %s', (answered, outcomes, type) => {
    expect(verdict(answered, outcomes).type).toBe(type);
  });

  it('counts a refusal that is the result', () => {
    expect(verdict(1, [OK, REFUSED], 0, [1]).type).toBe('valid');
  });

  it('says how many, and which was the first that was not', () => {
    const judged = verdict(0.9, [OK, OK, REFUSED, SILENT]);
    const [first] = judged.type === 'invalid' ? judged.anomalies : [];
    expect(first?.message).toBe(
      '2 of 4 calls were answered, which is 50% where 90% is claimed; the first that was not is read of x at n1 (n1 is down).',
    );
    expect(first?.operations).toEqual([4, 6]);
  });

  it('excuses silence on a busy machine, and nothing else', () => {
    expect(verdict(1, [OK, SILENT], 400).type).toBe('unknown');
    expect(verdict(1, [OK, REFUSED], 400).type).toBe('invalid');
    expect(verdict(0.6, [REFUSED, REFUSED, SILENT], 400).type).toBe('invalid');
  });
});
