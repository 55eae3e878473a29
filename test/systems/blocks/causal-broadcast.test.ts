import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CausalBroadcast, causalBroadcast, type Event } from '../../../systems/blocks/causal-broadcast.ts';
import type { Dot } from '../../../systems/blocks/dots.ts';
import { covers } from '../../../systems/blocks/vector-clock.ts';
import { Network } from './network.ts';

const NAMES = ['a', 'b', 'c'];

interface Member extends CausalBroadcast<number> {
  readonly events: Event<number>[];
}

async function cluster(chance: () => number) {
  const network = new Network(NAMES, chance);
  const members: Member[] = [];
  for (const name of NAMES) {
    const events: Event<number>[] = [];
    members.push({ events, ...(await causalBroadcast<number>(network.node(name), (event) => events.push(event))) });
  }
  return { network, members };
}

/** Every event once, and after all that its node had delivered before it. */
function expectCausal({ events }: Member): void {
  const seen: Record<string, number> = {};
  for (const { dot, after } of events) {
    expect(covers(seen, after)).toBe(true);
    expect(dot[1]).toBe((seen[dot[0]] ?? 0) + 1);
    seen[dot[0]] = dot[1];
  }
}

const step = fc.record({
  does: fc.constantFrom('broadcast', 'deliver', 'deliver', 'double', 'lose', 'pass'),
  at: fc.nat({ max: 50 }),
});

it('every node delivers every operation once, effects after their causes, whatever happens to messages', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      let turn = 0;
      const { network, members } = await cluster(() => (turn++ % 7) / 7);
      let made = 0;
      for (const { does, at } of steps) {
        if (does === 'broadcast') await members[at % 3]!.broadcast(() => ++made);
        else if (does === 'pass') await network.pass();
        else if (does === 'lose') network.lose(at);
        else await network.deliver(at, does === 'double');
        for (const member of members) expectStable(member, members);
      }
      for (let round = 0; round < 40; round++) {
        while (network.waiting.length > 0) await network.deliver(0);
        await network.pass();
      }
      for (const member of members) expectCausal(member);
      const all = members.map(({ events }) => events.map(({ operation }) => operation).sort((a, b) => a - b));
      const expected = Array.from({ length: made }, (_, i) => i + 1);
      expect(all).toEqual([expected, expected, expected]);
    }),
    { numRuns: 150, seed: 11 },
  );
});

/** Stability by its definition: everybody has the event, and what this node lacks was sent by somebody who had it. */
function expectStable(member: Member, members: readonly Member[]): void {
  const knows = ({ delivered }: Member, [node, count]: Dot) => (delivered[node] ?? 0) >= count;
  for (const { dot } of member.events.filter((event) => member.isStable(event.dot))) {
    for (const other of members) {
      expect(knows(other, dot)).toBe(true);
      const lacking = other.events.filter((event) => !knows(member, event.dot));
      for (const { after } of lacking) expect(after[dot[0]] ?? 0).toBeGreaterThanOrEqual(dot[1]);
    }
  }
}

it('an event becomes stable once all nodes have said that they delivered it', async () => {
  let turn = 0;
  const { network, members } = await cluster(() => (turn++ % 5) / 5);
  await members[0]!.broadcast(() => 1);
  expect(members[0]!.isStable(['a', 1])).toBe(false);
  for (let round = 0; round < 40; round++) {
    while (network.waiting.length > 0) await network.deliver(0);
    await network.pass();
  }
  for (const { isStable } of members) expect(isStable(['a', 1])).toBe(true);
});

it('an operation that is refused while it is made is none', async () => {
  const { members } = await cluster(() => 0.5);
  const refuse = (): number => {
    throw new Error('no');
  };
  await expect(members[0]!.broadcast(refuse)).rejects.toThrow('no');
  await members[0]!.broadcast(() => 2);
  expect(members[0]!.events.map(({ dot, operation }) => [dot, operation])).toEqual([[['a', 1], 2]]);
});
