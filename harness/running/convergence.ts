/** Whether replicas agree once faults have ended and messages stopped, read from the replicas themselves. */
import type { Verdict } from 'elle-ts';
import type { NodeId } from '../../systems/node.ts';
import { isDesign, type System } from '../../systems/system.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { canonical } from '../judging/agreement.ts';
import type { Until } from './finals.ts';

const POLL_MS = 50;
/** Contents that are equal at every node whatever was written: of a system that shows nothing of what it holds. */
const EMPTY: readonly string[] = ['{}', '[]', 'null', '""', canonical(undefined)];
/** Replicas that agree must still agree after this: agreement may be a moment in a flapping. */
const SETTLE_MS = 200;

/**
 * Waits until all replicas' contents are equal and stay so. Undefined where no node shows
 * anything: then only their answers can tell. A node that is still starting agrees with nobody.
 */
export async function awaitStates(
  cluster: Cluster,
  system: System,
  nodes: readonly NodeId[],
  { patience, ms }: Until,
): Promise<Verdict | undefined> {
  const { state } = cluster;
  if (!state) return undefined;
  const look = () => contentsOf(state.bind(cluster), system, nodes);
  for (;;) {
    const contents = await look();
    if (contents.every((content) => content === undefined || EMPTY.includes(content))) return undefined;
    if (agree(contents)) {
      await cluster.sleep(SETTLE_MS);
      const later = await look();
      if (agree(later) && later[0] === contents[0]) return { type: 'valid' };
    }
    if (await patience.isOver(ms)) return divergence(nodes, await look(), cluster.elapsed());
    await cluster.sleep(POLL_MS);
  }
}

async function contentsOf(
  stateOf: NonNullable<Cluster['state']>,
  system: System,
  nodes: readonly NodeId[],
): Promise<Contents> {
  const states = await Promise.all(nodes.map((node) => stateOf(node)));
  return states.map((state) => {
    if (state === undefined || state === null) return undefined;
    return canonical(isDesign(system) && system.content ? system.content(state) : state);
  });
}

/** What each node holds; undefined where it shows no state. */
type Contents = readonly (string | undefined)[];

function agree(contents: Contents): boolean {
  return contents[0] !== undefined && contents.every((content) => content === contents[0]);
}

function divergence(nodes: readonly NodeId[], contents: Contents, ms: number): Verdict {
  const told = differences(contents.map((content, i) => content ?? `${nodes[i]} has no state yet`));
  const steps = nodes.map((node, i) => `${node} holds ${short(told[i] ?? '')}`);
  const message = 'Faults had ended and clients had stopped, but the replicas did not come to agree.';
  return { type: 'invalid', anomalies: [{ name: 'divergence', message, steps, operations: [], at: { ms, nodes } }] };
}

/**
 * Contents without the entries that all replicas have alike; as they are where they have no entries, or one has none.
 */
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
