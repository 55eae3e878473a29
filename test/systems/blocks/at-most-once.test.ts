import type { Register, Value } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { inMacrotask } from '../../../harness/clusters/simulation/macrotask.ts';
import { atMostOnce } from '../../../systems/blocks/at-most-once.ts';
import { durableMap } from '../../../systems/blocks/durable-map.ts';
import { exclusive } from '../../../systems/blocks/lock.ts';
import { type Node, Refused } from '../../../systems/node.ts';
import type { Design } from '../../../systems/system.ts';
import { registerWorkload } from '../../../workloads/register.ts';
import type { Workload } from '../../../workloads/workload.ts';
import { anomaliesOf, runOnce, SMALL } from '../cell.ts';

/** The first node keeps a list of what it was asked to write, on disk; the others pass on what they are asked. */
function listKeeper(careful: boolean): Design<Register, Readonly<Record<string, readonly Value[]>>> {
  async function start(node: Node) {
    const keeper = [node.id, ...node.peers].sort()[0]!;
    const lists = await durableMap<readonly Value[]>(node, 'lists');
    const inTurn = exclusive();
    const once = await atMostOnce(node);
    const note = (value: Value) => inTurn('list', () => lists.set('list', [...(lists.get('list') ?? []), value]));
    const pass = (value: Value) => (careful ? once.call(keeper, 'note', value) : node.call(keeper, 'note', value));
    if (careful) once.on('note', note);
    else node.on('note', note);
    return {
      state: lists.entries,
      api: {
        read: async (): Promise<Value> => null,
        async write(value: Value): Promise<null> {
          await (node.id === keeper ? note(value) : pass(value));
          return null;
        },
        async cas(): Promise<null> {
          throw new Refused('none here');
        },
      },
    };
  }
  return {
    name: careful ? 'careful' : 'careless',
    datatype: 'register',
    without: ['cas'],
    claims: [
      {
        model: 'written-once',
        under: ['link', 'crash', 'pause', 'partition'],
        available: 'primary-side',
        durable: 'no',
        converges: false,
        recoversMs: 1000,
      },
    ],
    invariants: {
      'written-once': (states) => {
        for (const { list } of states.values())
          if (list && new Set(list).size < list.length) return `${list} has an element twice`;
        return undefined;
      },
    },
    start,
  };
}

async function breaches(careful: boolean): Promise<number> {
  const system = listKeeper(careful) as unknown as Design;
  const workload = { ...registerWorkload, checkers: [] } as unknown as Workload;
  const cell = { ...SMALL, system, workload, faults: ['duplication', 'reordering', 'crash'] };
  return inMacrotask(() => {
    let count = 0;
    for (let seed = 1; seed <= 60; seed++)
      if (anomaliesOf(runOnce(cell, seed).result).includes('written-once')) count++;
    return count;
  });
}

describe('requests that are acted on at most once', () => {
  it('change nothing twice, however the network doubles them and nodes restart', async () => {
    expect(await breaches(true)).toBe(0);
  });

  it('are needed: plain requests are acted on twice', async () => {
    expect(await breaches(false)).toBeGreaterThan(0);
  });
});
