import type { Register, Value } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { inMacrotask } from '../../../harness/clusters/simulation/macrotask.ts';
import { atomicCommit, type CommitSteps, commitSteps, type Vote } from '../../../systems/blocks/atomic-commit.ts';
import { abortsInDoubt, decisionNotLogged, neverAsks, voteNotLogged } from '../../../systems/blocks/broken-commit.ts';
import { durableMap } from '../../../systems/blocks/durable-map.ts';
import { shards as shardsOf } from '../../../systems/blocks/shards.ts';
import { type Node, Refused } from '../../../systems/node.ts';
import type { Design } from '../../../systems/system.ts';
import { registerWorkload } from '../../../workloads/register.ts';
import type { Workload } from '../../../workloads/workload.ts';
import { anomaliesOf, runOnce, SMALL } from '../cell.ts';

interface State {
  readonly done: Readonly<Record<string, Value>>;
  readonly held: readonly string[];
  /** Transactions that one life of a node did again after it had let go of them. */
  readonly again: readonly string[];
}

/** Every write is done by all nodes or by none, and holds on to nothing in the end. */
function togetherStore(steps: CommitSteps): Design<Register, State> {
  async function start(node: Node) {
    const shards = shardsOf(node);
    const done = await durableMap<Value>(node, 'done');
    const held = new Set<string>();
    const over = new Set<string>();
    const again = new Set<string>();
    const participant = {
      prepare(txn: string, _: Value): Vote {
        if (over.has(txn)) throw new Refused('over');
        held.add(txn);
        return 'promised';
      },
      resume: (txn: string, _: Value) => void held.add(txn),
      apply(txn: string, work: Value) {
        if (over.has(txn)) again.add(txn);
        return done.set(txn, work);
      },
      release(txn: string) {
        held.delete(txn);
        over.add(txn);
      },
    };
    const { commit } = await atomicCommit<Value, null>(node, shards, participant, steps);
    return {
      get state() {
        return { done: done.entries, held: [...held].sort(), again: [...again].sort() };
      },
      api: {
        read: async (): Promise<Value> => null,
        async write(value: Value): Promise<null> {
          const works = [node.id, ...node.peers].map((each) => [each, value] as const);
          await commit(`${value}`, new Map(works), async () => null);
          return null;
        },
        async cas(): Promise<null> {
          throw new Refused('none here');
        },
      },
    };
  }
  return {
    name: 'together',
    datatype: 'register',
    without: ['cas'],
    claims: [{ model: 'none', under: [], available: 'none', durable: 'no', converges: true, recoversMs: 1000 }],
    invariants: {
      again: (states) => {
        for (const [node, { again }] of states) if (again.length > 0) return `${node} did ${again} again`;
        return undefined;
      },
    },
    start,
  };
}

const ALL = ['crash', 'crash-all', 'loss', 'reordering', 'partition', 'pause'];

async function findings(replaced: Partial<CommitSteps>, runs: number, faults = ALL): Promise<readonly string[]> {
  const system = togetherStore({ ...commitSteps, ...replaced }) as unknown as Design;
  const claims = [{ ...system.claims[0]!, under: ['partition', 'link', 'crash', 'pause'] as const }];
  const workload = { ...registerWorkload, checkers: [] } as unknown as Workload;
  const cell = { ...SMALL, system: { ...system, claims }, workload, faults };
  return inMacrotask(() => {
    const seeds = Array.from({ length: runs }, (_, i) => i + 1);
    return seeds.flatMap((seed) => anomaliesOf(runOnce(cell, seed).result));
  });
}

describe('two-phase commit', () => {
  it('has all nodes do what one does, and leaves nothing held, whoever crashes and whatever is lost', async () => {
    expect(await findings({}, 100)).toEqual([]);
  });

  it('lets go of what is done for good, however late a second copy of a request comes', async () => {
    expect(await findings({}, 150, ['duplication', 'delay'])).toEqual([]);
  });

  it.each([
    ['a coordinator forgets its decisions', decisionNotLogged],
    ['a participant forgets its promises', voteNotLogged],
    ['a participant in doubt aborts', abortsInDoubt],
    ['a participant in doubt never asks', neverAsks],
  ])('does not where %s', async (_, replaced) => {
    expect(await findings(replaced, 60)).toContain('divergence');
  });
});
