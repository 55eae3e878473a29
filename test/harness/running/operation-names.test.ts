import { describe, expect, it } from 'vitest';
import { operationName } from '../../../harness/running/operation-names.ts';
import { run } from '../../../harness/running/run.ts';
import { workersOf } from '../../../harness/running/workers.ts';

const OPTIONS = { durationMs: 3000, ratePerSecond: 60 };

describe.each([
  ['quorum/abd', 'register'],
  ['lock/fenced', 'lease-lock'],
  ['mvcc/si', 'rw-register'],
] as const)('the operations of %s under %s', (system, workload) => {
  const faults = ['partition', 'crash', 'pause'];
  const made = run({ system, workload, cluster: 'simulation', seed: 2, faults, options: OPTIONS });

  it('are the planned calls that the recorder kept, made by their clients', async () => {
    const { setting, plan, history, calls } = await made;
    const planned = new Map(plan.calls.map((call) => [call.id, call]));
    const workers = workersOf({ setting, plan, history, calls });
    const { clients } = setting.options;
    expect(calls).toHaveLength(history.length);
    expect(new Set(calls).size).toBe(history.length);
    for (const [row, { f, key, node, process }] of [...history].entries()) {
      const call = planned.get(calls[row]!);
      expect(workers[row]).toBe(process % (clients + setting.nodes.length));
      if (call) expect([f, key, node, workers[row]]).toEqual([call.f, call.key, call.node, call.client]);
      else expect([setting.nodes[workers[row]! - clients], calls[row]! >= 1e9]).toEqual([node, true]);
    }
  });

  it('are named by the messages that they cause', async () => {
    const { history, messages } = await made;
    const nodes = new Map([...history].map(({ start, node }) => [operationName(start), node]));
    const caused = messages.filter(({ cause }) => nodes.has(cause));
    for (const { cause, root, from } of caused) expect([root, from]).toEqual([cause, nodes.get(cause)]);
    const roots = new Set(messages.map(({ root }) => root).filter((root) => !root.startsWith('start of ')));
    expect(roots.size).toBeGreaterThan(50);
    expect([...roots].filter((root) => !nodes.has(root))).toEqual([]);
  });
});
