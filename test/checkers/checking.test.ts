import { type Analyse, type Checker, checking, HistoryBuilder, type Verdict } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { workloads } from '../../workloads/registry.ts';

const VALID: Verdict = { type: 'valid' };

describe('several checkers of one history', () => {
  it('share an analysis that is made once, and never that of another judgement', () => {
    const lengths: number[] = [];
    const analyse: Analyse = (history) => {
      lengths.push(history.length);
      return (model) => (model === 'a' ? VALID : { type: 'unknown', reason: `${history.length} operations` });
    };
    const checkers: Checker[] = ['a', 'b', 'c'].map((name) => ({
      name,
      analyse,
      check: (history) => analyse(history)(name),
    }));
    const alone: Checker = { name: 'alone', check: ({ length }) => ({ type: 'unknown', reason: String(length) }) };
    const history = new HistoryBuilder();
    const judged = () => [...checkers, alone].map(checking(history));
    const unknown = (reason: string) => ({ type: 'unknown', reason });
    expect(judged()).toEqual([VALID, unknown('0 operations'), unknown('0 operations'), unknown('0')]);
    expect(lengths).toEqual([0]);
    history.invoke(0, 0, 0, { f: 'read', input: null });
    expect(judged()).toEqual([VALID, unknown('1 operations'), unknown('1 operations'), unknown('1')]);
    expect(lengths).toEqual([0, 1]);
  });

  it('are those of the models of transactions, in every workload of them', () => {
    for (const { checkers } of workloads)
      expect(new Set(checkers.flatMap(({ analyse }) => analyse ?? [])).size).toBeLessThanOrEqual(1);
    const sharing = workloads.filter(({ checkers }) => checkers.filter(({ analyse }) => analyse).length > 1);
    expect(sharing.map(({ name }) => name)).toEqual(expect.arrayContaining(['rw-register', 'list-append']));
  });
});
