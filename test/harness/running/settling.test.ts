import type { Api } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../harness/clusters/simulation/simulate.ts';
import type { Fault } from '../../../harness/faults/fault.ts';
import type { Run } from '../../../harness/judging/result.ts';
import { plan } from '../../../harness/setting/plan.ts';
import { workloadNamed } from '../../../harness/setting/workload-source.ts';
import type { Node } from '../../../systems/node.ts';
import type { Design, Replica } from '../../../systems/system.ts';
import { workloads } from '../../../workloads/registry.ts';
import { smallSetting } from '../scenes.ts';

interface Gossip {
  /** Tells again what a peer has not acknowledged; otherwise a peer is told once. */
  readonly retries?: boolean;
  /** The pause between two tellings. */
  readonly everyMs?: number;
  readonly state?: unknown;
  readonly converges?: boolean;
  readonly recoversMs?: number;
}

interface Kind {
  readonly workload: string;
  readonly datatype: Design['datatype'];
  readonly model: string;
  /** The functions of one key, of what has been heard of it in the order of its ids: who updates and what came in. */
  update(input: unknown): unknown;
  read(updates: readonly unknown[]): unknown;
  readonly updates: string;
}

const unique = (items: readonly unknown[]) => [...new Set(items)];
const sum = (items: readonly unknown[]) => items.reduce<number>((total, item) => total + (item as number), 0);

const KINDS: readonly Kind[] = [
  { workload: 'broadcast', datatype: 'set-full', model: 'set-full', updates: 'add', update: (e) => e, read: unique },
  { workload: 'shared-set', datatype: 'set', model: 'g-set', updates: 'add', update: (e) => e, read: unique },
  { workload: 'g-counter', datatype: 'g-counter', model: 'g-counter', updates: 'add', update: (n) => n, read: sum },
  { workload: 'pn-counter', datatype: 'pn-counter', model: 'pn-counter', updates: 'add', update: (n) => n, read: sum },
  {
    ...{ workload: 'register', datatype: 'register', model: 'eventual', updates: 'write' },
    update: (value) => value,
    read: (values) => values.at(-1) ?? null,
  },
];

/** Replicas that tell each other of updates, and show whatever state the test wants them to. */
function gossip(kind: Kind, { retries = false, everyMs = 200, state, converges = true, recoversMs }: Gossip): Design {
  const claim = { model: kind.model, under: ['partition'], available: 'none', durable: 'no', converges } as const;
  const system: Design<Api> = {
    name: 'test/gossip',
    datatype: kind.datatype,
    claims: [{ ...claim, recoversMs: recoversMs ?? 10_000 }],
    without: ['cas'],
    start: (node) => ({ ...replica(node, kind, retries, everyMs), state }),
  };
  return system as unknown as Design;
}

interface Heard {
  readonly id: string;
  readonly key: string;
  readonly update: unknown;
}

function replica(node: Node, kind: Kind, retries: boolean, everyMs: number): Pick<Replica, 'api'> {
  const heard = new Map<string, Heard>();
  const untold = new Map(node.peers.map((peer) => [peer, new Map<string, Heard>()]));
  let count = 0;
  node.on('told', (news: readonly Heard[]) => {
    for (const one of news) heard.set(one.id, one);
  });
  async function tell(peer: string, news: readonly Heard[]): Promise<void> {
    await node.call(peer, 'told', news, 100);
    for (const { id } of news) untold.get(peer)?.delete(id);
  }
  async function again(): Promise<void> {
    for (;;) {
      await node.sleep(everyMs);
      for (const [peer, news] of untold) if (news.size > 0) void tell(peer, [...news.values()]).catch(() => {});
    }
  }
  if (retries) void again();
  const read = async (_: unknown, key = '') => {
    const ofKey = [...heard.values()].filter((one) => one.key === key);
    return kind.read(ofKey.sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ update }) => update));
  };
  const update = async (input: unknown, key = '') => {
    const one = {
      id: `${String(node.elapsed()).padStart(9, '0')} ${node.id} ${count++}`,
      key,
      update: kind.update(input),
    };
    heard.set(one.id, one);
    for (const peer of node.peers) {
      if (retries) untold.get(peer)?.set(one.id, one);
      if (!retries) node.send(peer, 'told', [one]);
    }
    return null;
  };
  return { api: { read, [kind.updates]: update } as unknown as Replica['api'] };
}

const alone: Fault = {
  ...{ id: 1, kind: 'partition', fromMs: 500, toMs: 1990 },
  cut: ['n2', 'n3'].flatMap((node) => [['n1', node] as const, [node, 'n1'] as const]),
};

function run(system: Design, kind: Kind, seed: number): Promise<Run> {
  const workload = workloadNamed(kind.workload);
  const { options } = smallSetting(seed);
  const mix = Object.fromEntries(Object.entries(workload.mix).filter(([f]) => f !== 'cas'));
  const setting = smallSetting(seed, {
    ...{ system: system.name, workload: kind.workload, faults: ['partition'] },
    options: { ...options, ratePerSecond: 40, durationMs: 2000, mix },
  });
  const drawn = plan(setting, workload);
  // A counter that only grows is asked for no other amounts here.
  const calls = drawn.calls.filter(({ input }) => kind.datatype !== 'g-counter' || input === null || Number(input) > 0);
  return simulate({
    ...{ setting, plan: { ...drawn, calls, faults: [alone] }, system, workload },
    ...{ journal: false, claimsOnly: true },
  });
}

const SEEDS = [1, 2, 3];
/** What a system may show without telling what it holds. */
const MUTE: readonly (readonly [string, unknown])[] = [
  ['no state', undefined],
  ['an empty state', {}],
  ['a list of nothing', []],
  ['the same state everywhere', { kind: 'gossip' }],
];

describe.each(KINDS)('nodes of $datatype that do not show what they hold', (kind) => {
  it.each(MUTE)('are refuted where they are told once, with %s', async (_, state) => {
    for (const seed of SEEDS) {
      const { result } = await run(gossip(kind, { state }), kind, seed);
      expect(result.verdict, result.says).toBe('invalid');
      const { convergence } = result.checkers;
      const told = convergence?.type === 'invalid' ? convergence.anomalies[0] : undefined;
      expect(told?.name).toBe('divergence');
      expect(told?.message).toMatch(/n1 (lacks|shows) /);
      expect(told?.at?.nodes).toEqual(['n1', 'n2', 'n3']);
    }
  });

  it.each(MUTE)('are not accused where they are told again, if only after seconds, with %s', async (_, state) => {
    for (const seed of SEEDS)
      for (const everyMs of [100, 3000]) {
        const system = gossip(kind, { state, retries: true, everyMs, recoversMs: 1000 });
        const { result } = await run(system, kind, seed);
        // Who says nothing while a partition lasts gives no evidence of what it does then.
        expect(result.verdict, result.says).toBe(everyMs === 100 ? 'valid' : 'unknown');
        expect(result.checkers.convergence).toEqual({ type: 'valid' });
      }
  });
});

it.each(KINDS.filter(({ datatype }) => datatype !== 'register'))(
  'what any node lacks of $datatype in the end is lost, though nobody claims that nodes come to agree',
  async (kind) => {
    for (const seed of SEEDS) {
      const once = await run(gossip(kind, { state: {}, converges: false }), kind, seed);
      expect(once.result.verdict, once.result.says).toBe('invalid');
      expect(once.result.checkers.convergence).toBeUndefined();
      const again = await run(gossip(kind, { state: {}, converges: false, retries: true }), kind, seed);
      expect(again.result.verdict, again.result.says).toBe('valid');
    }
  },
);

describe('the last round', () => {
  it('is marked in the history, and all of it was asked after all else had been answered', async () => {
    for (const kind of KINDS)
      for (const retries of [false, true]) {
        const { history, plan: made } = await run(gossip(kind, { state: {}, retries }), kind, 1);
        const marked = [...history].filter(({ final }) => final);
        expect(marked.map(({ node, key }) => `${node} ${key}`).sort()).toEqual(
          ['n1', 'n2', 'n3'].flatMap((node) => [...new Set(made.calls.map(({ key }) => `${node} ${key}`))]).sort(),
        );
        const before = [...history].filter(({ final }) => !final);
        const last = Math.max(...before.map(({ start }) => start));
        for (const { start } of marked) expect(start).toBeGreaterThan(last);
      }
  });

  it('is asked for only once by workloads whose final calls are no mere reads', () => {
    const READS = ['read', 'get', 'txn'];
    for (const { name, final, finalOnce } of workloads) {
      const planned = [{ id: 1, client: 0, node: 'n1', atMs: 0, f: 'txn', input: [['r', 'k0', null]] }];
      const calls = final(['k0'], planned as never);
      const onlyReads = calls.every(({ f, input }) => {
        return (
          READS.includes(f) &&
          (f !== 'txn' || (input as readonly unknown[][]).every(([kind]) => kind === 'r' || kind === 'rp'))
        );
      });
      expect(onlyReads, name).toBe(!finalOnce);
    }
  });
});
