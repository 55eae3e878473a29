import { describe, expect, it } from 'vitest';
import { onlyForward } from '../../../systems/blocks/only-forward.ts';

const states = (of: Readonly<Record<string, Readonly<Record<string, number>>>>) => new Map(Object.entries(of));

describe('an invariant that something only goes forward', () => {
  const invariant = onlyForward<Readonly<Record<string, number>>, number>(
    'the count',
    (state) => state,
    (a, b) => b < a,
  );
  const judge = (now: ReturnType<typeof states>, memory: object, changed = ['n1', 'n2']) =>
    invariant(now, memory as Record<string, unknown>, new Set(changed));

  it('holds while every node goes its own way upwards', () => {
    const memory = {};
    expect(judge(states({ n1: { x: 1 }, n2: { x: 5 } }), memory)).toBeUndefined();
    expect(judge(states({ n1: { x: 1, y: 0 }, n2: { x: 6 } }), memory)).toBeUndefined();
    expect(judge(states({ n1: { x: 2, y: 3 }, n2: { x: 6 } }), memory)).toBeUndefined();
  });

  it('is broken by one step back, and says where', () => {
    const memory = {};
    judge(states({ n1: { x: 1 }, n2: { x: 5 } }), memory);
    expect(judge(states({ n1: { x: 2 }, n2: { x: 4 } }), memory)).toBe('the count of x at n2 went back from 5 to 4.');
  });

  it('looks at no node that did nothing', () => {
    const memory = {};
    judge(states({ n1: { x: 1 }, n2: { x: 5 } }), memory);
    expect(judge(states({ n1: { x: 2 }, n2: { x: 4 } }), memory, ['n1'])).toBeUndefined();
    expect(judge(states({ n1: { x: 2 }, n2: { x: 4 } }), memory, ['n2'])).toMatch(/at n2 went back/);
  });

  it('begins anew where a node was down, and in every run', () => {
    const memory = {};
    judge(states({ n1: { x: 3 } }), memory);
    judge(states({}), memory);
    expect(judge(states({ n1: { x: 1 } }), memory)).toBeUndefined();
    expect(judge(states({ n1: { x: 0 } }), memory)).toMatch(/went back from 1 to 0/);
    expect(judge(states({ n1: { x: 0 } }), {})).toBeUndefined();
  });
});
