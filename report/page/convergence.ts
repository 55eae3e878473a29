/** How the replicas of a system whose answers name versions came to know of each other's updates. */
import { OK, type Operations } from './operations.ts';

interface Convergence {
  /** When answers arrived, in seconds. */
  readonly at: number[];
  /** For each node how many updates its answers had shown by then, of all keys together: null before its first. */
  readonly series: readonly { readonly node: string; readonly known: (number | null)[] }[];
}

/**
 * The updates that each node was seen to know of: of every key what the version in its last answer
 * counts. Lines that lie apart are replicas that have not heard of each other, lines that meet
 * have converged, and one that falls has forgotten. Nothing where answers name no versions.
 */
export function convergence(ops: Operations): Convergence | undefined {
  const { columns } = ops;
  const found: { readonly at: number; readonly node: string; readonly key: number; readonly known: number }[] = [];
  for (let row = 0; row < ops.length; row++) {
    const node = ops.node(row);
    if (columns.type[row] !== OK || node === undefined) continue;
    const known = countedBy(ops.output(row));
    if (known !== undefined) found.push({ at: columns.endNs[row]! / 1e9, node, key: columns.key[row]!, known });
  }
  const nodes = [...new Set(found.map(({ node }) => node))].sort();
  if (nodes.length < 2) return undefined;
  found.sort((a, b) => a.at - b.at);
  const series = nodes.map((node) => {
    const byKey = new Map<number, number>();
    let sum: number | null = null;
    const known = found.map((one) => {
      if (one.node !== node) return sum;
      sum = (sum ?? 0) + one.known - (byKey.get(one.key) ?? 0);
      byKey.set(one.key, one.known);
      return sum;
    });
    return { node, known };
  });
  return { at: found.map(({ at }) => at), series };
}

/** How many updates a version counts, as in `{"value":9,"version":{"n1":3,"n2":4}}`. */
function countedBy(output: string): number | undefined {
  if (!output.startsWith('{') || !output.includes('"version":{')) return undefined;
  try {
    const counts: unknown[] = Object.values((JSON.parse(output) as { version?: object }).version ?? {});
    return counts.every((count) => typeof count === 'number')
      ? counts.reduce<number>((a, b) => a + (b as number), 0)
      : undefined;
  } catch {
    return undefined;
  }
}
