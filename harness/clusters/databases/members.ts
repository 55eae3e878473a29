/** Makes the nodes of a database: their ports and what leads there, and their folders. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../../../databases/database.ts';
import type { NodeId } from '../../../systems/node.ts';
import { HarnessFailure } from '../../failure.ts';
import { messageOf } from '../../node/thrown.ts';
import type { NodeNetwork } from '../network/node-network.ts';
import { type Found, linkedLibraries } from './executables.ts';
import { NodeHost, PortMap } from './host.ts';
import { DatabaseNode, type Surroundings } from './node.ts';
import { Ports } from './ports.ts';

/** Nodes run as another user where root runs the harness: they must come through to their folders. */
export function makeFolders(temporary: string, logFolder: string): void {
  try {
    mkdirSync(temporary, { recursive: true, mode: 0o711 });
    mkdirSync(logFolder, { recursive: true });
  } catch (error) {
    throw new HarnessFailure(`no folder can be made for the nodes: ${messageOf(error)}`);
  }
}

interface Made {
  readonly database: Database;
  readonly nodes: readonly NodeId[];
  readonly programs: ReadonlyMap<string, Found>;
  readonly temporary: string;
  readonly network: NodeNetwork;
}

/** Nodes that have not been started yet, in their order. */
export async function membersOf(
  { database, nodes, programs, temporary, network }: Made,
  around: Surroundings,
): Promise<readonly DatabaseNode[]> {
  const ports = await PortMap.open(database, nodes, new Ports(), network);
  const libraries = linkedLibraries(programs, temporary);
  return nodes.map(
    (id) => new DatabaseNode(new NodeHost(id, nodes, join(temporary, id), ports, programs, libraries, network), around),
  );
}
