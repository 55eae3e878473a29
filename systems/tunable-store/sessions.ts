/**
 * The causal store for sessions that move from node to node: a client carries along how
 * many updates of each node it depends on, and a node answers it once all of those are
 * visible there. What a client carries is the vector clock of COPS's client library.
 *
 * @see Lloyd, Freedman, Kaminsky & Andersen, "Don't Settle for Eventual:
 * Scalable Causal Consistency for Wide-Area Storage with COPS", SOSP 2011.
 * @see Terry et al., "Session Guarantees for Weakly Consistent Replicated
 * Data", PDIS 1994: what a session may expect wherever it goes.
 *
 * Claims causal consistency and convergence for clients that talk to any node, under partition,
 * crash, pause, bad links and skewed clocks. Nobody is answered for sure: who comes from
 * the other side of a partition waits for what it has seen there, and is refused in the end.
 */
import type { Value } from 'elle-ts';
import { covers, merged, type VectorClock } from '../blocks/vector-clock.ts';
import { type Node, Refused } from '../node.ts';
import type { Design } from '../system.ts';
import { CausalReplica, SOUND, type State, watched } from './causal.ts';

/** What a client depends on: `null` before its first answer. */
type Context = VectorClock | null;
/** Registers for sessions: every answer says on what the session depends from then on. */
export type SessionRegister = {
  read(input: { readonly context: Context }): { readonly value: Value; readonly context: VectorClock };
  write(input: { readonly value: Value; readonly context: Context }): { readonly context: VectorClock };
};

/** How long a client waits for what it depends on. */
const PATIENCE_MS = 300;
const LOOK_MS = 10;

async function start(node: Node, ignoresContext: boolean) {
  const replica = new CausalReplica(node, SOUND);
  await replica.remember();
  replica.answerPeers();
  void replica.fetch();

  /** Resolves once this node has made visible all that the session depends on. */
  async function caughtUp(context: Context): Promise<void> {
    if (!context || ignoresContext) return;
    const until = node.elapsed() + PATIENCE_MS;
    while (!covers(replica.seen(), context)) {
      if (node.elapsed() > until) throw new Refused('what this session has seen is not here yet');
      await node.sleep(LOOK_MS);
    }
  }

  return {
    get state(): State {
      return replica.state;
    },
    api: {
      async read({ context }: { readonly context: Context }, key = '') {
        await caughtUp(context);
        return { value: replica.read(key), context: merged(replica.seen(), context ?? {}) };
      },
      async write({ value, context }: { readonly value: Value; readonly context: Context }, key = '') {
        await caughtUp(context);
        await replica.write(key, value);
        return { context: merged(replica.seen(), context ?? {}) };
      },
    },
  };
}

function sessionStore(name: string, ignoresContext: boolean, flaw?: Design['flaw']): Design<SessionRegister, State> {
  return {
    name: `tunable-store/${name}`,
    datatype: 'session-register',
    claims: [
      {
        model: 'causal',
        under: ['partition', 'link', 'crash', 'pause', 'clock'],
        available: 'none',
        durable: 'no',
        converges: true,
        recoversMs: 1000,
      },
    ],
    ...(flaw ? { flaw } : {}),
    ...watched,
    start: (node) => start(node, ignoresContext),
  };
}

export const sessionStores: readonly Design<SessionRegister, State>[] = [
  sessionStore('causal-sessions', false),
  sessionStore('session-without-dependencies', true, {
    says: 'a session that moves to another node is answered there whatever it depends on',
    anomaly: 'causally-stale-read',
    at: 'if (!context || ignoresContext) return;',
  }),
];
