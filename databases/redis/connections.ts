import type { NodeId } from '../../systems/node.ts';
import type { Host } from '../database.ts';
import { Resp } from '../wire/resp.ts';

/** A session's connections: one a node, opened when it is needed first and again when it was closed. */
export class Connections {
  private readonly host: Host;
  private readonly timeoutMs: number;
  private readonly open = new Map<NodeId, Resp>();

  /** A node has `timeoutMs` to accept. */
  constructor(host: Host, timeoutMs: number) {
    this.host = host;
    this.timeoutMs = timeoutMs;
  }

  /** Rejects with `Refused` where there is none: nothing was executed. */
  async to(node: NodeId): Promise<Resp> {
    const known = this.open.get(node);
    if (known && !known.isClosed) return known;
    const resp = await Resp.open(this.host.link('redis', node), this.timeoutMs);
    this.open.set(node, resp);
    return resp;
  }

  close(): void {
    for (const resp of this.open.values()) resp.close();
  }
}
