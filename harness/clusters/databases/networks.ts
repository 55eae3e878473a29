/** Which network stands between the nodes of a database, and what it can do. */
import type { Database } from '../../../databases/database.ts';
import type { NodeId } from '../../../systems/node.ts';
import type { LinkFault } from '../../faults/link.ts';
import type { ActiveFaults } from '../active-faults.ts';
import type { Guard } from '../children/guard.ts';
import type { Rooted } from '../children/node-processes.ts';
import { Namespaces } from '../network/namespaces.ts';
import { packetsCanBeDoubled, packetsCanBeLost, whyNoDelay } from '../network/namespaces-probe.ts';
import type { NodeNetwork } from '../network/node-network.ts';
import { Proxies } from '../network/proxies.ts';
import { connectionsAround, Owners } from './owners.ts';

type NetworkName = NonNullable<Database['networks']>[number];

/** The network of a run: the first that the database names. */
export function networkOf({ networks: [first = 'proxies'] = [] }: Database): NetworkName {
  return first;
}

/** How partitions are made, in words. */
export const partitionText: Readonly<Record<NetworkName, string>> = {
  proxies: 'proxies on 127.0.0.1 hold back what passes between nodes',
  namespaces: 'nftables drops what passes between network namespaces, in one transaction',
};

/** How links are made worse, in words. */
export function linkText({ drop, duplicate }: LinkFault, database: Database): string {
  if (networkOf(database) === 'proxies') return 'proxies on 127.0.0.1 hand on later what passes between nodes';
  const does = [...(drop > 0 ? ['drops'] : []), ...(duplicate > 0 ? ['doubles'] : [])].join(' and ');
  return `nftables ${does} packets between network namespaces at random`;
}

/** Why links cannot be made worse in this way, and what would help. */
export function whyNoLink({ drop, duplicate, delayMs, jitterMs }: LinkFault, database: Database): string | undefined {
  if (networkOf(database) === 'proxies')
    return drop > 0 || duplicate > 0
      ? 'TCP hides what a network loses, duplicates or reorders: take delay or partition, or --network namespaces for loss and duplication'
      : undefined;
  if (delayMs > 0 || jitterMs > 0) return whyNoDelay();
  const can = [...(drop > 0 ? [packetsCanBeLost()] : []), ...(duplicate > 0 ? [packetsCanBeDoubled()] : [])];
  return can.find((one) => one !== true) as string | undefined;
}

interface Around {
  readonly nodes: readonly NodeId[];
  readonly seed: number;
  readonly faults: ActiveFaults;
  readonly guard: Guard;
  elapsed(): number;
  rooted(): readonly Rooted[];
  fail(sentence: string): void;
}

/** Makes it. Rejects with `HarnessFailure` where that cannot be. */
export async function networkFor(database: Database, around: Around): Promise<NodeNetwork> {
  if (networkOf(database) === 'namespaces') return Namespaces.make(around);
  const owners = new Owners(() => around.rooted());
  return new Proxies({
    ...{ seed: around.seed, faults: around.faults, elapsed: () => around.elapsed() },
    ownerOf: (theirs, ours) => owners.of(theirs, ours),
    around: connectionsAround,
  });
}
