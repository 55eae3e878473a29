import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateMachine } from '../../../systems/blocks/state-machine.ts';
import { type Synod, type SynodOptions, synod } from '../../../systems/blocks/synod.ts';
import { Network } from './network.ts';

const NAMES = ['n1', 'n2', 'n3'];
const SOUND: SynodOptions = { durable: 'promises and votes', adopts: 'highest' };

/**
 * What the nodes of one such run have decided, after proposals
 * at every node and whatever the network did to their messages.
 */
async function decisions(options: SynodOptions, steps: readonly number[]): Promise<readonly (readonly string[])[]> {
  let chance = 0;
  const network = new Network(NAMES, () => (chance = (chance + 0.37) % 1));
  const decided: string[][] = NAMES.map(() => []);
  const synods: Synod<string>[] = [];
  for (const [i, name] of NAMES.entries()) {
    synods.push(await synod<string>(network.node(name), options, (value) => void decided[i]!.push(value)));
  }
  const propose = (i: number, value: string) =>
    void synods[i]!.propose(decided[i]!.length, value).catch(() => undefined);
  for (const [i, step] of steps.entries()) {
    if (step % 7 === 0) propose(step % 3, `v${i}`);
    else if (step % 11 === 0) network.lose(step);
    else if (step % 5 === 0) await network.pass();
    else await network.deliver(step, step % 13 === 0);
  }
  return decided;
}

function disagree(decided: readonly (readonly string[])[]): boolean {
  const longest = [...decided].sort((a, b) => b.length - a.length)[0]!;
  return decided.some((values) => values.some((value, slot) => value !== longest[slot]));
}

const steps = fc.array(fc.nat(1000), { minLength: 60, maxLength: 160 });

describe('a synod', () => {
  it('decides one value a slot, whatever is lost, doubled, late or proposed at once', async () => {
    let most = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (run) => {
        const decided = await decisions(SOUND, run);
        most = Math.max(most, ...decided.map(({ length }) => length));
        expect(disagree(decided)).toBe(false);
      }),
      { seed: 1, numRuns: 300 },
    );
    expect(most).toBeGreaterThan(1);
  });

  it('needs its proposers to take over what was voted for', async () => {
    const property = fc.asyncProperty(
      steps,
      async (run) => !disagree(await decisions({ ...SOUND, adopts: 'none' }, run)),
    );
    const { failed } = await fc.check(property, { seed: 1, numRuns: 300 });
    expect(failed).toBe(true);
  });

  it('knows in its next life what it knew', async () => {
    const network = new Network(['n1'], () => 0.5);
    const node = network.node('n1');
    const first: string[] = [];
    const one = await synod<string>(node, SOUND, (value) => void first.push(value));
    for (let slot = 0; slot < 20; slot++) await one.propose(slot, `v${slot}`);
    const second: string[] = [];
    const next = await synod<string>(node, SOUND, (value) => void second.push(value));
    // What had not been noted yet is found by proposing.
    for (let slot = second.length; slot < 20; slot++) {
      const found = next.propose(slot, 'another');
      // Its first ballot is outbid by those of its last life.
      for (let i = 0; i < 5; i++) await network.pass();
      await found;
      expect(second[slot]).toBe(`v${slot}`);
    }
    expect(second).toEqual(first);
  });
});

describe('a replicated state machine', () => {
  it('answers each command once, in one order, and refuses what the machine refuses', async () => {
    const network = new Network(['n1'], () => 0.5);
    const applied: number[] = [];
    const machine = await stateMachine<number, number>(network.node('n1'), SOUND, (command) => {
      if (command < 0) throw new Error('negative');
      return applied.push(command);
    });
    const answers = [5, 6, 7].map((command) => machine.submit(command));
    await expect(machine.submit(-1)).rejects.toThrow('negative');
    expect(await Promise.all(answers)).toEqual([1, 2, 3]);
    expect(applied).toEqual([5, 6, 7]);
  });
});
