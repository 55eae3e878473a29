/** Whether replicas agree once faults have ended and messages stopped, read from the replicas themselves. */
import type { Verdict } from 'elle-ts';
import type { NodeId } from '../systems/node.ts';
import type { System } from '../systems/system.ts';
import type { Cluster } from './cluster.ts';

const POLL_MS = 50;
/** What a replica shows that is down, or whose system has no content. */
const NOTHING = 'nothing';
/** Replicas that agree must still agree after this: agreement may be a moment in a flapping. */
const SETTLE_MS = 200;

/** Waits until all replicas' contents are equal and stay so. Nothing where the system does not claim to converge. */
export async function awaitConvergence(
  cluster: Cluster,
  system: System,
  nodes: readonly NodeId[],
  deadlineMs: number,
  elapsed: () => number,
): Promise<Verdict | undefined> {
  if (!system.claims.some((claim) => claim.converges)) return undefined;
  for (;;) {
    const contents = await contentsOf(cluster, system, nodes);
    if (agree(contents) && contents[0] !== NOTHING) {
      await cluster.sleep(SETTLE_MS);
      const later = await contentsOf(cluster, system, nodes);
      if (agree(later) && later[0] === contents[0]) return { type: 'valid' };
    }
    if (elapsed() >= deadlineMs) {
      const last = await contentsOf(cluster, system, nodes);
      return last.every((content) => content === NOTHING)
        ? { type: 'unknown', reason: 'no replica told what it holds, so nothing can be said of their convergence' }
        : divergence(nodes, last, elapsed());
    }
    await cluster.sleep(POLL_MS);
  }
}

async function contentsOf(cluster: Cluster, system: System, nodes: readonly NodeId[]): Promise<readonly string[]> {
  const states = await Promise.all(nodes.map((node) => cluster.state(node)));
  return states.map((state, i) => {
    // A node that is still starting agrees with nobody.
    if (state === undefined || state === null) return `${nodes[i]} has no state yet`;
    return canonical(system.content ? system.content(state) : state);
  });
}

function agree(contents: readonly string[]): boolean {
  return contents.every((content) => content === contents[0]);
}

function divergence(nodes: readonly NodeId[], contents: readonly string[], ms: number): Verdict {
  const told = differences(contents);
  const steps = nodes.map((node, i) => `${node} holds ${short(told[i] ?? '')}`);
  const message = 'Faults had ended and clients had stopped, but the replicas did not come to agree.';
  return { type: 'invalid', anomalies: [{ name: 'divergence', message, steps, operations: [], at: { ms, nodes } }] };
}

/** Contents without the entries that all replicas have alike; as they are where they have no entries, or one has none. */
function differences(contents: readonly string[]): readonly string[] {
  const entries = contents.map(entriesOf);
  if (!entries.every((one) => one !== undefined)) return contents;
  const alike = (key: string, value: string) => entries.every((one) => one.get(key) === value);
  return entries.map((one) => {
    const own = [...one].filter(([key, value]) => !alike(key, value));
    const common = own.length < one.size ? ', and what all of them hold' : '';
    return `{${own.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}${common}`;
  });
}

function entriesOf(content: string): ReadonlyMap<string, string> | undefined {
  if (!content.startsWith('{')) return undefined;
  return new Map(Object.entries(JSON.parse(content)).map(([key, value]) => [key, JSON.stringify(value)]));
}

function short(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}

/** JSON with the fields in one order: two replicas may have learnt of keys in different orders. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) => {
      if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
      return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? NOTHING
  );
}
