/**
 * Commands that are applied once, however often they were asked
 * for: what makes it safe to ask again where no answer came.
 */
import { type NodeId, Refused } from '../node.ts';
import type { StateMachine } from './state-machine.ts';

/** A command, and who asks for it: `request` counts within a life of the node. */
export interface Request {
  readonly node: NodeId;
  readonly life: number;
  readonly request: number;
  /** No request of this life below this one is still waited for. */
  readonly lowest: number;
  readonly command: unknown;
}

export type Answer = { readonly reply: unknown } | { readonly refused: string; readonly answer?: boolean };

/** What one life of a node has been answered. */
interface Session {
  readonly life: number;
  lowest: number;
  readonly answers: Record<number, Answer>;
}

interface Saved {
  readonly machine: unknown;
  readonly sessions: Readonly<Record<NodeId, Session>>;
}

const GIVEN_UP: Answer = { refused: 'no client waits for this any more' };

/**
 * A state machine behind sessions, which are part of its state: a new leader knows what an old one has answered.
 *
 * @see Ongaro, "Consensus: Bridging Theory and Practice", PhD thesis, Stanford 2014, section 6.3: client sessions.
 */
export class Sessions {
  readonly machine: StateMachine;
  private sessions: Record<NodeId, Session> = {};
  private readonly fresh: unknown;

  constructor(machine: StateMachine) {
    this.machine = machine;
    this.fresh = machine.save();
  }

  apply({ node, life, request, lowest, command }: Request): Answer {
    const known = this.sessions[node];
    // A new life's first command ends the sessions of those before it: nobody waits there any more.
    const session = known && known.life >= life ? known : { life, lowest: 1, answers: {} };
    if (session.life > life || request < session.lowest) return GIVEN_UP;
    this.sessions[node] = session;
    for (; session.lowest < lowest; session.lowest++) delete session.answers[session.lowest];
    session.answers[request] ??= answerOf(() => this.machine.apply(command));
    return session.answers[request];
  }

  save(): Saved {
    const sessions: Record<NodeId, Session> = {};
    for (const [node, session] of Object.entries(this.sessions))
      sessions[node] = { ...session, answers: { ...session.answers } };
    return { machine: this.machine.save(), sessions };
  }

  /** `null` is what was before the first command. */
  restore(saved: unknown): void {
    const { machine, sessions } = (saved ?? { machine: this.fresh, sessions: {} }) as Saved;
    this.machine.restore(machine);
    this.sessions = {};
    for (const [node, session] of Object.entries(sessions))
      this.sessions[node] = { ...session, answers: { ...session.answers } };
  }
}

export function applyCommand(sessions: Sessions, request: Request): Answer {
  return sessions.apply(request);
}

/** What a machine says, refusals included. */
export function answerOf(task: () => unknown): Answer {
  try {
    return { reply: task() ?? null };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message, answer: error.answer };
    throw error;
  }
}
