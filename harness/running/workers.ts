import type { History } from 'elle-ts';
import type { Plan, Setting } from '../setting/plan.ts';

/** What says who made which operation: `calls` has the planned call's id of every row, as the recorder kept them. */
export interface Attributed {
  readonly setting: Pick<Setting, 'nodes' | 'options'>;
  readonly plan: Pick<Plan, 'calls'>;
  readonly history: History;
  readonly calls: readonly number[];
}

/**
 * The worker that made each operation, by row: the client of its planned call, or, of a final call, the number of
 * clients plus the place of the node that it asks; -1 where nothing says so, as in folders of older runs. Linear.
 */
export function workersOf({ setting, plan, history: { columns }, calls }: Attributed): Int32Array {
  const clients = new Map(plan.calls.map(({ id, client }) => [id, client]));
  const finals = columns.nodeNames.map((node) => setting.options.clients + setting.nodes.indexOf(node));
  return Int32Array.from({ length: columns.length }, (_, row) => {
    const id = calls[row];
    return id === undefined ? -1 : (clients.get(id) ?? finals[columns.node[row]!] ?? -1);
  });
}
