/** Systems and settings that several tests share. */
import type { Register } from 'elle-ts';
import type { Setting } from '../../harness/setting/plan.ts';
import type { Design } from '../../systems/system.ts';

/** A small run, as exploration makes thousands of. */
export function smallSetting(seed: number, of: Partial<Setting> = {}): Setting {
  const nodes = ['n1', 'n2', 'n3'];
  return {
    system: 'quorum/abd',
    workload: 'register',
    cluster: 'simulation',
    seed,
    nodes,
    options: { clients: 5, nodes, durationMs: 3000, ratePerSecond: 10, keys: 2, mix: { read: 1, write: 1 } },
    faults: ['partition', 'crash', 'link'],
    callTimeoutMs: 500,
    ...of,
  };
}

const claims: Design['claims'] = [
  { model: 'linearizable', under: [], available: 'none', durable: 'no', converges: false, recoversMs: 1000 },
];

/**
 * Handlers alone: a write goes out to all, each passes it on once, and who hears of it counts. Nothing is ever awaited.
 */
export const handlerStyle: Design<Register> = {
  name: 'test/handlers',
  datatype: 'register',
  claims,
  start(node) {
    const heard: Record<string, number> = {};
    node.on('spread', ({ id, hops }: { id: string; hops: number }) => {
      heard[id] = (heard[id] ?? 0) + 1;
      if (hops > 0) for (const peer of node.peers) node.send(peer, 'spread', { id, hops: hops - 1 });
    });
    const spread = (id: string) => {
      for (const peer of node.peers) node.send(peer, 'spread', { id, hops: 2 });
    };
    return {
      state: heard,
      api: {
        async read() {
          return null;
        },
        async write(value) {
          spread(`w${value}`);
          return null;
        },
        async cas() {
          return null;
        },
      },
    };
  },
};

/**
 * Straight-line code: two rounds of calls with a pause between
 * them, and a heartbeat in the background that draws its own pace.
 */
export const asyncStyle: Design<Register> = {
  name: 'test/async',
  datatype: 'register',
  claims,
  start(node) {
    const asked: Record<string, number> = {};
    node.on('ask', async ({ id }: { id: string }) => {
      asked[id] = (asked[id] ?? 0) + 1;
      await node.disk.write(`asked ${id}`, asked[id]);
      return node.random();
    });
    node.on('beat', () => undefined);
    const round = (id: string) =>
      Promise.all(node.peers.map((peer) => node.call(peer, 'ask', { id }, 200).catch(() => undefined)));
    async function beat(): Promise<void> {
      for (;;) {
        await node.sleep(100 + 50 * node.random());
        for (const peer of node.peers) node.send(peer, 'beat');
      }
    }
    void beat();
    return {
      state: asked,
      api: {
        async read() {
          await round('read');
          return null;
        },
        async write(value) {
          await round(`w${value} 1`);
          await node.sleep(10);
          await round(`w${value} 2`);
          return null;
        },
        async cas() {
          return null;
        },
      },
    };
  },
};
