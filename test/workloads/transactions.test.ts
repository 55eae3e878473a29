import { describe, expect, it } from 'vitest';
import { drawsFrom } from '../../harness/setting/random.ts';
import { ROWS } from '../../systems/blocks/rows.ts';
import { shards } from '../../systems/blocks/shards.ts';
import type { Mop, Transactions } from '../../systems/blocks/transactions.ts';
import type { Node } from '../../systems/node.ts';
import { workloads } from '../../workloads/registry.ts';
import type { PlannedCall, Workload } from '../../workloads/workload.ts';

const nodes = ['n1', 'n2', 'n3'];
const own = workloads.filter(({ datatype }) => datatype === 'transactions') as unknown as Workload<Transactions>[];
const { ownerOf } = shards({ id: 'n1', peers: ['n2', 'n3'], on: () => undefined } as unknown as Node);

function planned(workload: Workload<Transactions>, seed = 1): readonly PlannedCall<Transactions>[] {
  const options = { clients: 5, nodes, durationMs: 10_000, ratePerSecond: 60, keys: 4, mix: workload.mix };
  return workload.calls(drawsFrom(seed), options);
}

const mopsOf = (call: PlannedCall<Transactions>): readonly Mop[] => (call.f === 'txn' ? call.input : []);
/** Which rows there are stands under a key of its own. */
const usesRows = ([f]: Mop) => f === 'rp' || f === 'insert' || f === 'delete';
const keysOf = (mops: readonly Mop[]) => mops.flatMap((mop) => (mop[0] === 'abort' || mop[0] === 'rp' ? [] : [mop[1]]));
const writesOf = (mops: readonly Mop[]) =>
  mops.flatMap((mop) => (mop[0] === 'w' || mop[0] === 'append' || mop[0] === 'insert' ? [mop] : []));
const named = (name: string) => own.find((workload) => workload.name === name)!;

describe.each(own)('$name', (workload) => {
  const calls = planned(workload);

  it('has calls with ids of their own, at the node of their client', () => {
    expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
    for (const { client, node } of calls) expect(node).toBe(nodes[client % 3]);
  });

  it('writes no value twice', () => {
    const values = calls.flatMap((call) => writesOf(mopsOf(call)).map(([, , value]) => value));
    expect(new Set(values).size).toBe(values.length);
  });

  it('has transactions over several shards', () => {
    const touched = (call: PlannedCall<Transactions>) =>
      call.f === 'txn'
        ? [...keysOf(call.input), ...(call.input.some(usesRows) ? [ROWS] : [])]
        : call.f === 'read'
          ? call.input
          : [call.input.from, call.input.to];
    const owners = calls.map((call) => new Set(touched(call).map(ownerOf)).size);
    expect(owners.filter((count) => count > 1).length).toBeGreaterThan(calls.length / 5);
  });

  it('reads in the end whatever was touched', () => {
    const finals = workload.final([], calls);
    // All rows, whatever their keys.
    if (finals.some((call) => call.f === 'txn' && call.input.some(([f, what]) => f === 'rp' && what === 'true')))
      return;
    const read = finals.flatMap((call) =>
      call.f === 'txn' ? keysOf(call.input) : call.f === 'read' ? call.input : [],
    );
    for (const key of calls.flatMap((call) => keysOf(mopsOf(call)))) expect(read).toContain(key);
    expect(read.length).toBe(new Set(read).size);
  });
});

describe('transactions that change their minds', () => {
  it.each(['rw-register', 'list-append', 'blind-writes', 'write-skew', 'predicate-registers'])(
    'are among those of %s, and abort at the end',
    (name) => {
      const all = planned(named(name)).map(mopsOf);
      const aborting = all.filter((mops) => mops.some(([f]) => f === 'abort'));
      expect(aborting.length).toBeGreaterThan(0);
      expect(aborting.length).toBeLessThan(all.length / 4);
      for (const mops of aborting) expect(mops.findIndex(([f]) => f === 'abort')).toBe(mops.length - 1);
    },
  );
});

describe('rw-register', () => {
  it('reads every key before it writes it, unlike blind-writes', () => {
    const blind = (mops: readonly Mop[]) =>
      writesOf(mops).some(([, key]) => {
        const first = mops.findIndex((mop) => mop[0] !== 'abort' && mop[1] === key);
        return mops[first]![0] === 'w';
      });
    expect(planned(named('rw-register')).map(mopsOf).some(blind)).toBe(false);
    expect(planned(named('blind-writes')).map(mopsOf).some(blind)).toBe(true);
  });
});

describe('predicate-registers', () => {
  it('reads by predicate, and never has many rows, though there are more and more keys', () => {
    const all = planned(named('predicate-registers')).map(mopsOf);
    const rows = new Set<string>();
    let most = 0;
    for (const mop of all.flat()) {
      if (mop[0] === 'insert') rows.add(mop[1]);
      if (mop[0] === 'delete') rows.delete(mop[1]);
      most = Math.max(most, rows.size);
    }
    expect(most).toBeLessThan(30);
    expect(new Set(all.flatMap(keysOf)).size).toBeGreaterThan(30);
    const kinds = new Set(all.flat().map((mop) => (mop[0] === 'rp' ? `rp ${String(mop[1][0])}` : mop[0])));
    for (const kind of ['r', 'rp t', 'rp mod', 'rp range', 'insert', 'delete', 'abort']) expect(kinds).toContain(kind);
  });
});

describe('long-fork', () => {
  it('writes each key once, and reads both of a pair', () => {
    const all = planned(named('long-fork')).map(mopsOf);
    const written = all.flatMap((mops) => writesOf(mops).map(([, key]) => key));
    expect(new Set(written).size).toBe(written.length);
    for (const mops of all.filter((one) => writesOf(one).length === 0)) expect(mops.length).toBe(2);
  });
});
