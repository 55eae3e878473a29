import { InDoubt, type Node, type NodeId, Refused } from '../node.ts';

/**
 * Requests that are acted on once or not at all, however often the network doubles them and however late a copy comes.
 */
export interface AtMostOnce {
  /** Like `node.on`, for such requests. A second copy gets the first one's answer. */
  on<M>(kind: string, handler: (message: M, from: NodeId) => Promise<unknown>): void;
  /**
   * Like `node.call`: a refusal is certain, any other failure
   * leaves open whether the other acted. It is never sent again.
   */
  call<R>(to: NodeId, kind: string, message: unknown, timeoutMs?: number): Promise<R>;
}

interface Envelope {
  /** The life of the receiver that may act on this: a copy that outlives it finds nobody who remembers the first. */
  readonly yourLife: number;
  readonly myLife: number;
  readonly request: number;
  /** No request of this sender below this one is still waited for. */
  readonly lowest: number;
  readonly message: unknown;
}

/** What one life of a sender has asked. */
interface Asked {
  lowest: number;
  readonly answers: Map<number, Promise<unknown>>;
}

/**
 * Requests that carry the receiver's life and a number of their own: the life is counted on
 * disk at each start, and what was answered is kept in memory for as long as its asker waits.
 *
 * @see Birrell & Nelson, "Implementing Remote Procedure Calls", ACM TOCS 1984: call identifiers and incarnations.
 */
export async function atMostOnce(node: Node): Promise<AtMostOnce> {
  const life = ((await node.disk.read<number>('life')) ?? 0) + 1;
  await node.disk.write('life', life);
  const lives = new Map<NodeId, number>();
  const asked = new Map<string, Asked>();
  const waiting = new Set<number>();
  let requests = 0;

  node.on('life', () => life);

  async function lifeOf(peer: NodeId, timeoutMs: number | undefined): Promise<number> {
    const known = lives.get(peer);
    if (known !== undefined) return known;
    const life = await node.call<number>(peer, 'life', undefined, timeoutMs).catch(() => undefined);
    if (life === undefined) throw new Refused(`${peer} cannot be reached`);
    lives.set(peer, life);
    return life;
  }

  function answersFor(from: NodeId, { myLife, lowest }: Envelope): Asked {
    const name = `${from}/${myLife}`;
    const known = asked.get(name) ?? { lowest: 0, answers: new Map<number, Promise<unknown>>() };
    asked.set(name, known);
    for (; known.lowest < lowest; known.lowest++) known.answers.delete(known.lowest);
    return known;
  }

  return {
    on<M>(kind: string, handler: (message: M, from: NodeId) => Promise<unknown>) {
      node.on(kind, async (envelope: Envelope, from) => {
        if (envelope.yourLife !== life) return { life };
        const { lowest, answers } = answersFor(from, envelope);
        // Nobody waits for this any more: a late copy, or a request that was given up.
        if (envelope.request < lowest) throw new InDoubt(`${kind} came too late`);
        let answer = answers.get(envelope.request);
        if (!answer) {
          answer = handler(envelope.message as M, from);
          answers.set(envelope.request, answer);
        }
        return { reply: (await answer) ?? null };
      });
    },
    async call<R>(to: NodeId, kind: string, message: unknown, timeoutMs?: number): Promise<R> {
      const yourLife = await lifeOf(to, timeoutMs);
      const request = ++requests;
      const lowest = waiting.size === 0 ? request : Math.min(...waiting);
      waiting.add(request);
      try {
        const envelope: Envelope = { yourLife, myLife: life, request, lowest, message };
        const answer = await node.call<{ reply: R } | { life: number }>(to, kind, envelope, timeoutMs);
        if ('reply' in answer) return answer.reply;
        lives.set(to, answer.life);
        // An earlier copy may have reached the life before: this is no refusal.
        throw new InDoubt(`${to} has started again since`);
      } finally {
        waiting.delete(request);
      }
    },
  };
}
