import type { NodeId } from '../../../systems/node.ts';
import type { Session } from '../cluster.ts';

/** The sessions that clients have with nodes: those with a node that dies end with it. */
export class OpenSessions {
  private readonly byNode = new Map<NodeId, Set<Session>>();

  /** The same session, which is kept until it is closed. */
  keep(node: NodeId, session: Session): Session {
    const open = this.byNode.get(node) ?? new Set();
    this.byNode.set(node, open.add(session));
    return {
      call: (call) => session.call(call),
      get isOver() {
        return session.isOver === true;
      },
      close() {
        open.delete(session);
        session.close();
      },
    };
  }

  closeWith(node: NodeId): void {
    const open = this.byNode.get(node) ?? [];
    this.byNode.delete(node);
    for (const session of open) session.close();
  }

  closeAll(): void {
    for (const node of [...this.byNode.keys()]) this.closeWith(node);
  }
}
