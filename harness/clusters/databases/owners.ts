/** Who made a connection, and which connections between nodes pass no proxy. */
import type { NodeId } from '../../../systems/node.ts';
import { processesOf, type Rooted } from '../children/node-processes.ts';
import { allEnds, type End, socketsOf } from './connections.ts';

/** Names the sources of connections. */
export class Owners {
  private readonly nodes: () => readonly Rooted[];
  private reading: Promise<readonly End[]> | undefined;
  private next: Promise<readonly End[]> | undefined;

  constructor(nodes: () => readonly Rooted[]) {
    this.nodes = nodes;
  }

  /** The node whose process holds the other end of a connection: that end's port, and ours. */
  async of(theirs: number, ours: number): Promise<NodeId | undefined> {
    const ends = await this.fresh();
    const end = ends.find(({ localPort, remotePort }) => localPort === theirs && remotePort === ours);
    if (!end) return undefined;
    const nodes = this.nodes();
    // The processes that were started are asked first: most connections are theirs.
    for (const { id, roots } of nodes) if (socketsOf(roots).has(end.inode)) return id;
    for (const [id, pids] of processesOf(nodes)) if (socketsOf(pids).has(end.inode)) return id;
    return undefined;
  }

  /** A table that was begun to be read after now: one reading for all that wait. */
  private fresh(): Promise<readonly End[]> {
    if (!this.reading) return this.read();
    this.next ??= this.reading.then(() => {
      this.next = undefined;
      return this.read();
    });
    return this.next;
  }

  private read(): Promise<readonly End[]> {
    const reading = allEnds().finally(() => {
      if (this.reading === reading) this.reading = undefined;
    });
    this.reading = reading;
    return reading;
  }
}

/** Connections between two nodes that pass no proxy, as `n1 -> n2 (port 2380)`: no partition would cut them. */
export async function connectionsAround(nodes: readonly Rooted[]): Promise<readonly string[]> {
  const owners = new Map<string, NodeId>();
  for (const [id, pids] of processesOf(nodes)) for (const inode of socketsOf(pids)) owners.set(inode, id);
  const ends = (await allEnds()).filter(({ isEstablished }) => isEstablished);
  const byPorts = new Map(ends.map((end) => [`${end.localPort} ${end.remotePort}`, end]));
  const around = ends.flatMap((end) => {
    const other = byPorts.get(`${end.remotePort} ${end.localPort}`);
    const [from, to] = [owners.get(end.inode), other && owners.get(other.inode)];
    // Each is seen from both ends: ports that are listened on are below those that the kernel gives to who connects.
    const isOnce = end.localPort > end.remotePort;
    return from && to && from !== to && isOnce ? [`${from} -> ${to} (port ${end.remotePort})`] : [];
  });
  return [...new Set(around)];
}
