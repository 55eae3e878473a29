import type { History } from 'elle-ts';
import type { Plan, Setting } from '../setting/plan.ts';

/** The first id of the calls that ask this node after heal: above all planned ones, and far enough from the next node's. */
export function finalIds(node: number): number {
  return 1_000_000_000 + node * 1_000_000;
}

/**
 * For each operation the id of the planned call that it is, by which messages name it as their cause; -1 where it is none. A client
 * makes its calls in the order of their times and goes on under new process numbers, so its nth operation is its nth call; the workers after
 * the clients ask the nodes the final calls. Linear.
 */
export function callIds(
  history: History,
  { setting, plan }: { readonly setting: Setting; readonly plan: Plan },
): Int32Array {
  const { clients } = setting.options;
  const workers = clients + setting.nodes.length;
  const planned = new Map<number, (typeof plan.calls)[number][]>();
  for (const call of plan.calls) {
    const calls = planned.get(call.client);
    if (calls) calls.push(call);
    else planned.set(call.client, [call]);
  }
  for (const calls of planned.values()) calls.sort((a, b) => a.atMs - b.atMs || a.id - b.id);
  const made = new Map<number, number>();
  const ids = new Int32Array(history.length).fill(-1);
  for (let row = 0; row < ids.length; row++) {
    const worker = history.columns.process[row]! % workers;
    const nth = made.get(worker) ?? 0;
    made.set(worker, nth + 1);
    if (worker >= clients) ids[row] = finalIds(worker - clients) + nth;
    else ids[row] = planned.get(worker)?.[nth]?.id ?? -1;
  }
  return ids;
}
