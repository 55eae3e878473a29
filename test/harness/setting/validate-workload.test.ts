import { describe, expect, it } from 'vitest';
import { verdictIn } from '../../../harness/setting/validate-results.ts';
import { workloadIn } from '../../../harness/setting/validate-workload.ts';
import { registerWorkload } from '../../../workloads/register.ts';

const WHERE = 'x of w.js';
const OPTIONS = { clients: 2, nodes: ['n1', 'n2'], durationMs: 1000, ratePerSecond: 20, keys: 2, mix: { read: 1 } };
const call = { id: 1, client: 0, node: 'n1', atMs: 0, f: 'read', input: null };

const holding = (change: object) => workloadIn({ ...registerWorkload, ...change }, WHERE);
const drawing = (...calls: unknown[]) => holding({ calls: () => calls }).calls(() => 0.5, OPTIONS);

describe('a workload of a module', () => {
  it('is as it was where nothing is missing', () => {
    const own = holding({});
    expect(own.calls(() => 0.5, OPTIONS)).toEqual(registerWorkload.calls(() => 0.5, OPTIONS));
    expect(own.final(['k0'], [])).toEqual(registerWorkload.final(['k0'], []));
    expect(own.checkers.map(({ name }) => name)).toEqual(registerWorkload.checkers.map(({ name }) => name));
  });

  const bad: readonly (readonly [string, object, RegExp])[] = [
    ['name', { name: '' }, /^x of w\.js is no workload: it needs a name$/],
    ['datatype', { datatype: undefined }, /it needs a datatype/],
    ['mix', { mix: { read: -1 } }, /it needs a mix/],
    ['functions', { mix: {} }, /it needs a mix/],
    ['heeds', { heeds: undefined }, /it needs heeds/],
    ['options that it heeds', { heeds: ['kys'] }, /heeds: no option is called "kys": did you mean keys\?/],
    ['calls', { calls: [] }, /it needs a function calls\(draw, options\)/],
    ['final calls', { final: undefined }, /it needs a function final/],
    ['checkers', { checkers: [] }, /it needs checkers/],
    ['a checker', { checkers: [{ name: 'mine' }] }, /it needs checkers, each with a name and a function check/],
    ['rare functions', { rare: ['swap'] }, /rare: no function of its mix is called "swap"/],
    ['a flag', { finalOnce: 'yes' }, /finalOnce: it is true or left out/],
    ['the datatype that it is placed as', { placedAs: 'regster' }, /placedAs: no datatype is called "regster"/],
  ];
  it.each(bad)('is refused for its %s', (_, change, message) => {
    expect(() => holding(change)).toThrow(message);
  });

  const strange: readonly (readonly [string, object, RegExp])[] = [
    ['a function', { f: undefined }, /calls\(\)\[1\] needs f, the name of a function/],
    ['an id', { id: 1.5 }, /needs an id/],
    ['a client that there is', { client: 2 }, /needs a client from 0 to 1/],
    ['a node that there is', { node: 'n3' }, /needs a node among n1, n2/],
    ['a time', { atMs: Number.NaN }, /needs atMs/],
    ['a key', { key: 7 }, /needs a key/],
    ['an input', { input: undefined }, /needs an input, which may be null/],
  ];
  it.each(strange)('is refused when it draws a call without %s', (_, change, message) => {
    expect(() => drawing(call, { ...call, ...change })).toThrow(message);
  });

  it('is refused when it draws no list', () => {
    expect(() => holding({ calls: () => undefined }).calls(() => 0, OPTIONS)).toThrow(/calls\(\) is to return a list/);
    expect(() => holding({ final: () => 7 }).final([], [])).toThrow(/final\(\) is to return a list.* returned 7/);
  });
});

describe('what a checker of a module returns', () => {
  const anomaly = { name: 'a', message: 'b', steps: [], operations: [1] };
  it.each([{ type: 'valid' }, { type: 'unknown', reason: 'r' }, { type: 'invalid', anomalies: [anomaly] }])(
    'is a verdict: %j',
    (verdict) => {
      expect(verdictIn(verdict, WHERE)).toBe(verdict);
    },
  );

  it.each([undefined, true, { type: 'held' }, { type: 'unknown' }, { type: 'invalid', anomalies: [] }])(
    'is no verdict: %j',
    (value) => {
      expect(() => verdictIn(value, WHERE)).toThrow(/^x of w\.js returned .*: a verdict is \{ type: 'valid' \}/);
    },
  );

  it('names what an anomaly lacks', () => {
    const { steps: _, ...bare } = anomaly;
    expect(() => verdictIn({ type: 'invalid', anomalies: [bare] }, WHERE)).toThrow(/for an anomaly: it needs a name/);
  });
});
