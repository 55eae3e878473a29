/** What of two results stops a build, and what a series of them says. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trendMarkdown, trendPage } from '../../../cli/trend-text.ts';
import { appendResults, readResults } from '../../../harness/campaign/results-log.ts';
import { type Gated, gateOf } from '../../../harness/compare/gate.ts';
import { trendsOf } from '../../../harness/compare/trend.ts';
import { wilson } from '../../../harness/judging/metrics/consistency.ts';
import { campaignOf, matrixOf, SOUND, wholeOf } from '../campaign/made-up.ts';

const verdict = fc.constantFrom('valid', 'unknown', 'invalid', 'error', 'not run');
const gated: fc.Arbitrary<Gated> = fc
  .record({ verdict, k: fc.nat(40), judged: fc.nat(40), isExpected: fc.boolean() })
  .map(({ verdict: seen, k, judged, isExpected }) => ({
    ...{ verdict: seen, judged, shown: { 'stale-read': Math.min(k, judged) } },
    isSurprise: seen === 'invalid' && !isExpected,
  }));
const side = fc.dictionary(fc.constantFrom('a', 'b', 'c'), gated, { noNullPrototype: true });

const rank = ({ verdict: seen }: Gated) => (seen === 'valid' ? 0 : seen === 'invalid' ? 2 : 1);

/** Whether the share of stale reads rose by more than chance may do. */
function rose(a: Gated, b: Gated): boolean {
  const [was, is] = [a, b].map(({ shown, judged }) => wilson(shown['stale-read']!, judged));
  return a.judged > 0 && b.judged > 0 && is!.low > was!.high;
}

describe('two results', () => {
  it('stop a build where a cell became refuted or a new one is, and are unknown where one became so', () => {
    const outcomes = new Set<string>();
    const by = (before: Readonly<Record<string, Gated>>, after: Readonly<Record<string, Gated>>, byRates: boolean) => {
      const { outcome } = gateOf(new Map(Object.entries(before)), new Map(Object.entries(after)), byRates);
      const both = Object.keys(before).filter((name) => after[name]);
      const some = (is: (a: Gated, b: Gated) => boolean) => both.some((name) => is(before[name]!, after[name]!));
      const fresh = Object.keys(after).some((name) => !before[name] && after[name]!.isSurprise);
      const worse = fresh || some((a, b) => rank(b) === 2 && rank(a) < 2) || (byRates && some(rose));
      const dim = both.length === 0 || some((a, b) => rank(b) === 1 && rank(a) === 0);
      expect(outcome).toBe(worse ? 'worse' : dim ? 'unknown' : 'fine');
      outcomes.add(outcome);
    };
    fc.assert(fc.property(side, side, fc.boolean(), by), { numRuns: 500 });
    expect([...outcomes].sort()).toEqual(['fine', 'unknown', 'worse']);
  });

  it('say of each cell whether it is new, gone, worse, better or the same', () => {
    const of = (seen: string, k = 0): Gated => ({
      ...{ verdict: seen, judged: 50, shown: { 'stale-read': k }, isSurprise: seen === 'invalid' },
    });
    const before = {
      gone: of('valid'),
      dim: of('valid'),
      back: of('invalid', 30),
      calm: of('valid'),
      rate: of('invalid', 1),
    };
    const after = {
      dim: of('not run'),
      back: of('valid'),
      calm: of('valid'),
      rate: of('invalid', 20),
      fresh: of('valid'),
    };
    const { cells, outcome } = gateOf(new Map(Object.entries(before)), new Map(Object.entries(after)));
    expect(Object.fromEntries(cells.map(({ cell, state }) => [cell, state]))).toEqual({
      ...{ gone: 'removed', dim: 'worse', back: 'better', calm: 'same', rate: 'same', fresh: 'new' },
    });
    expect(cells.find(({ cell }) => cell === 'rate')!.rates).toEqual([
      { says: 'stale-read 1/50 -> 20/50', way: 'worse' },
    ]);
    expect(outcome).toBe('unknown');
  });
});

describe('a series of results', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'splitbrain-trend-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('says what became worse and since when, as Markdown and as a page without markup of others', async () => {
    const file = join(folder, 'results.jsonl');
    const nights = ['valid', 'valid', 'invalid', 'invalid'] as const;
    for (const [night, seen] of nights.entries()) {
      const given = matrixOf(['quorum/abd', 'single-copy'], ['partition'], 4);
      const campaign = await campaignOf(given, [{ ...SOUND, verdict: seen }, SOUND]);
      appendResults(file, {
        ...(await wholeOf(campaign, campaign.done)),
        startedAt: `2026-11-0${night + 1}T02:00:00.000Z`,
      });
    }
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(8);
    const trends = trendsOf(readResults(file));
    expect(trends.map(({ way, points }) => [way, points.length])).toEqual([
      ['worse', 4],
      ['steady', 4],
    ]);
    expect(trends[0]!.since).toEqual({ at: '2026-11-03T02:00:00.000Z', says: 'held 0/4 -> refuted 4/4' });
    const text = trendMarkdown(trends);
    expect(text).toMatch(/### Worse[\s\S]*quorum\/abd \(register\) under partition \| 2026-11-03 02:00 \| held 0\/4/);
    expect(text).toContain('1 unchanged.');
    const page = trendPage([{ ...trends[0]!, cell: '<img src=x onerror=alert(1)>' }]);
    expect(page).toContain('&lt;img src=x');
    expect(page).not.toContain('<img');
  });

  it('refuses a line that is none, and names it', () => {
    const file = join(folder, 'broken.jsonl');
    writeFileSync(file, '{"version":2}\n');
    expect(() => readResults(file)).toThrow(/broken\.jsonl:1: version: .*no line of results\.jsonl/);
    writeFileSync(file, 'x\n');
    expect(() => readResults(file)).toThrow(/broken\.jsonl:1: /);
    expect(() => readResults(join(folder, 'none.jsonl'))).toThrow(/is not there/);
  });
});
