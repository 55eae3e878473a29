/**
 * The port behind which a world stands. Each cluster provides these few primitives; requests,
 * replies, refusals, timeouts and the carrying along of causes are built on them here, once.
 */
import { type Disk, InDoubt, type Node, type NodeId, Refused } from '../../systems/node.ts';
import type { Replica } from '../../systems/system.ts';
import { stackOf } from '../failure.ts';
import type { Ambient, CallOff } from './ambient.ts';
import { because, becauseOfTimer, Cause, currentCause, timerCause } from './cause.ts';
import { chance, mix, mixText } from './identity.ts';
import { failureOf, isRefusal } from './thrown.ts';
import { overTheWire } from './wire.ts';

/** One copy of a message on its way. `identity` names it, and its `fate` hangs on nothing else. */
export interface Frame {
  readonly identity: number;
  readonly cause: Cause;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly kind: string;
  readonly type: 'send' | 'request' | 'reply' | 'refusal';
  /** The request that a reply or a refusal answers; 0 for other messages. */
  readonly re: number;
  readonly body: unknown;
}

/** A message as its receiver needs it: of what caused it, where it all began. */
type Arriving = Omit<Frame, 'cause'> & { readonly cause: Pick<Cause, 'root'> };

export interface World {
  readonly id: NodeId;
  readonly peers: readonly NodeId[];
  readonly disk: Disk;
  /** Keys this node's own chance. */
  readonly seed: number;
  /** How many times this node has started before: no two lives share an identity. */
  readonly life: number;
  now(): number;
  elapsed(): number;
  /**
   * Runs the task after so many ms of this node's monotonic clock,
   * unless the node has died by then or the task is called off.
   */
  after(ms: number, task: () => void): CallOff;
  send(frame: Frame): void;
  mark(name: string): void;
  /** A line for the node's log. */
  log(line: string): void;
  /** The system's code threw what is neither a refusal nor meant to leave something open; `where` says in what. */
  threw(where: string, error: unknown): void;
}

/** How long a call between nodes waits where the system says nothing else. */
const CALL_TIMEOUT_MS = 500;

const RANDOM = mixText('random');
const OPERATOR = mixText('operator');

/** A node in a world: what its system sees, and where its world delivers. */
export interface NodeRuntime {
  readonly node: Node;
  /** What its platform is, for a library that its design is built on. */
  readonly ambient: Ambient;
  /** Delivers a copy of a message; `copy` is 0 for the first. */
  receive(frame: Arriving, copy: number): void;
  /** Runs a client's operation, by its planned call's identity. */
  operate<T>(identity: number, says: string, task: () => Promise<T>): Promise<T>;
  /** Runs the system's start. */
  begin<T>(task: () => T): T;
}

type Handler = (message: never, from: NodeId) => unknown;
interface Waiting {
  readonly callOff: CallOff;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function nodeIn(world: World): NodeRuntime {
  const handlers = new Map<string, Handler>();
  const waiting = new Map<number, Waiting>();

  function frame(type: Frame['type'], to: NodeId, kind: string, body: unknown, re: number): Frame {
    const cause = currentCause();
    const identity = cause.next(mix(mixText(to), mix(mixText(kind), mixText(type))));
    return { identity, cause, from: world.id, to, kind, type, re, body: overTheWire(body) };
  }

  const node: Node = {
    id: world.id,
    peers: world.peers,
    disk: world.disk,
    now: () => world.now(),
    elapsed: () => world.elapsed(),
    sleep(ms) {
      becauseOfTimer();
      return new Promise((resolve) => {
        world.after(ms, resolve);
      });
    },
    random() {
      return chance(world.seed, currentCause().next(RANDOM), world.id);
    },
    on(kind, handler) {
      if (handlers.has(kind)) throw new Error(`${world.id} answers ${kind} already`);
      handlers.set(kind, handler as Handler);
    },
    send(to, kind, message) {
      world.send(frame('send', to, kind, message, 0));
    },
    call<R>(to: NodeId, kind: string, message?: unknown, timeoutMs = CALL_TIMEOUT_MS): Promise<R> {
      const request = frame('request', to, kind, message, 0);
      return new Promise<R>((resolve, reject) => {
        const callOff = world.after(timeoutMs, () => {
          if (waiting.delete(request.identity))
            reject(new InDoubt(`${to} did not answer ${kind} within ${timeoutMs} ms`));
        });
        waiting.set(request.identity, { resolve: resolve as (reply: unknown) => void, reject, callOff });
        world.send(request);
      });
    },
    mark: (name) => world.mark(name),
  };

  function handle(message: Arriving): void {
    const handler = handlers.get(message.kind);
    if (!handler) {
      world.log(`no handler for ${message.kind} from ${message.from}`);
      return;
    }
    const answer = (type: 'reply' | 'refusal', body: unknown) => {
      if (message.type === 'request') world.send(frame(type, message.from, message.kind, body, message.identity));
    };
    const fail = (error: unknown) => {
      // Only a refusal is worth telling: to the asker, any other failure is a silence.
      if (isRefusal(error)) answer('refusal', bodyOf(error));
      else keepSilent(world, message, error);
    };
    try {
      const reply = handler(message.body as never, message.from);
      if (reply instanceof Promise) reply.then((body) => answer('reply', body)).catch(fail);
      else answer('reply', reply);
    } catch (error) {
      fail(error);
    }
  }

  return {
    node,
    ambient: ambientOf(world, node),
    receive(message, copy) {
      if (message.re !== 0) {
        settle(waiting, message);
        return;
      }
      const identity = copy === 0 ? message.identity : mix(message.identity, copy);
      because(new Cause(identity, message.cause.root, world.id, message.identity), () => handle(message));
    },
    operate: (identity, says, task) => because(new Cause(identity, says, world.id), task),
    begin: (task) => because(new Cause(mix(mixText(world.id), world.life), `start of ${world.id}`, world.id), task),
  };
}

function keepSilent(world: World, { kind, from }: Arriving, error: unknown): void {
  world.log(`handling ${kind} from ${from} failed: ${stackOf(error)}`);
  if (failureOf(error) !== 'unsure') world.threw(`its handler of ${kind}`, error);
}

/** Hands a reply to whoever waits for it. */
function settle(waiting: Map<number, Waiting>, reply: Arriving): void {
  const asker = waiting.get(reply.re);
  if (!asker) return; // Late or doubled: a reply is never matched to a later request.
  waiting.delete(reply.re);
  asker.callOff();
  if (reply.type === 'reply') asker.resolve(reply.body);
  else asker.reject(refusalIn(reply.body));
}

/** What the node's platform is: the same clocks and chance, and timers of their own cause. */
function ambientOf(world: World, { now, elapsed, random }: Node): Ambient {
  return {
    now,
    elapsed,
    random,
    after(ms, task) {
      const cause = timerCause();
      return world.after(ms, () => because(cause, task));
    },
  };
}

/** A refusal on the wire: its words alone, unless it is the operation's answer. */
function bodyOf({ message, answer }: Refused): unknown {
  return answer === true ? { says: message, answer } : message;
}

function refusalIn(body: unknown): Refused {
  if (typeof body !== 'object' || body === null) return new Refused(String(body));
  return new Refused(String((body as { readonly says?: unknown }).says), { answer: true });
}

/** Asks a node, as its operator, for these members; `order` tells this from the other times. */
export function askForMembers(
  { node, operate }: NodeRuntime,
  replica: Replica | undefined,
  members: readonly NodeId[],
  order: number,
): void {
  const identity = mix(mix(mixText(node.id), OPERATOR), order);
  void operate(identity, 'operator', async () => replica?.membership?.become(members));
}
