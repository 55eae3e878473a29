/**
 * How a node has commands and queries answered: it asks the
 * leader, whoever that is, and asks again where no answer comes.
 *
 * @see Ongaro & Ousterhout, "In Search of an Understandable Consensus
 *   Algorithm (Extended Version)", 2014: section 8, client interaction.
 */
import { type NodeId, Refused } from '../node.ts';
import { append } from './replication.ts';
import { NOT_LEADING, type Server } from './server.ts';
import { type Answer, answerOf, type Request } from './sessions.ts';

/** How long one server is waited for, and how long a leader is looked for. */
const ATTEMPT_MS = 250;
const PATIENCE_MS = 1500;
const RETRY_MS = 20;

export class Client {
  private readonly server: Server;
  private readonly life: number;
  private readonly waiting = new Set<number>();
  private requests = 0;

  constructor(server: Server, life: number) {
    this.server = server;
    this.life = life;
    server.node.on('execute', (request: Request) => this.executeHere(request));
    server.node.on('query', ({ query }: { query: unknown }) => this.queryHere(query));
    server.node.on('leader', () => server.leader ?? null);
  }

  async execute(command: unknown): Promise<unknown> {
    const request = ++this.requests;
    this.waiting.add(request);
    try {
      const answer = await this.ask<Answer>('execute', () => {
        const lowest = Math.min(...this.waiting);
        return { node: this.server.node.id, life: this.life, request, lowest, command } satisfies Request;
      });
      return replyOf(answer);
    } finally {
      this.waiting.delete(request);
    }
  }

  async query(query: unknown): Promise<unknown> {
    return replyOf(await this.ask<Answer>('query', () => ({ query })));
  }

  private async executeHere(request: Request): Promise<Answer> {
    const { server } = this;
    // The answer is waited for outside the turn, in which the entry will be applied.
    const { answer } = await server.inTurn(async () => {
      if (!server.leadership) throw new Refused(NOT_LEADING);
      return await append(server, server.leadership, { type: 'command', request });
    });
    return answer;
  }

  private async queryHere(query: unknown): Promise<Answer> {
    const { server } = this;
    if (!server.leadership) throw new Refused(NOT_LEADING);
    await server.steps.confirmLeadership(server, server.leadership);
    return answerOf(() => server.sessions.machine.query(query));
  }

  private async ask<R>(kind: 'execute' | 'query', message: () => unknown): Promise<R> {
    const { server } = this;
    const { node } = server;
    const deadlineMs = node.elapsed() + PATIENCE_MS;
    let open: Error | undefined;
    while (node.elapsed() < deadlineMs) {
      try {
        if (server.leader !== undefined) return await this.askNode<R>(server.leader, kind, message());
      } catch (error) {
        if (!(error instanceof Refused)) open = error as Error;
      }
      await node.sleep(RETRY_MS);
      await this.lookForLeader();
    }
    throw open ?? new Refused('no leader is known');
  }

  private askNode<R>(leader: NodeId, kind: 'execute' | 'query', message: unknown): Promise<R> {
    const { node } = this.server;
    if (leader !== node.id) return node.call<R>(leader, kind, message, ATTEMPT_MS);
    const here =
      kind === 'execute' ? this.executeHere(message as Request) : this.queryHere((message as { query: unknown }).query);
    return here as Promise<R>;
  }

  /** A server that no leader speaks to asks around. */
  private async lookForLeader(): Promise<void> {
    const { server } = this;
    const { node } = server;
    const hears = server.leadership !== undefined || node.elapsed() - server.leaderMs < ATTEMPT_MS;
    if (hears) return;
    const peer = node.peers[Math.floor(node.random() * node.peers.length)];
    if (peer === undefined) return;
    const leader = await node.call<NodeId | null>(peer, 'leader', undefined, ATTEMPT_MS).catch(() => null);
    if (leader !== null && !server.leadership) server.leader = leader;
  }
}

function replyOf(answer: Answer): unknown {
  if ('refused' in answer) throw new Refused(answer.refused, { answer: answer.answer === true });
  return answer.reply;
}
