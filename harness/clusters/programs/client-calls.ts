/** Clients' calls to programs: asked from an address, answered by whichever node replies to it. */
import { InDoubt, type NodeId, Refused } from '../../../systems/node.ts';
import type { Program } from '../../../systems/system.ts';
import { HarnessFailure } from '../../failure.ts';
import { Cause } from '../../node/cause.ts';
import { outputOf } from '../../node/contract.ts';
import { callIdentity } from '../../node/identity.ts';
import { asError } from '../../node/thrown.ts';
import type { SessionCall } from '../cluster.ts';
import type { NetworkTime } from '../network/network.ts';
import type { Dialect, Exchange } from './dialects.ts';
import type { Mailbox, Reply } from './mailbox.ts';
import type { ProgramLife, ProgramNode } from './node.ts';
import type { Replies } from './replies.ts';

/** From this id on calls are made after heal. */
const FINAL_IDS = 1_000_000_000;
/** The requests of one call are so far apart, which is more than the final calls of a node are many. */
const NEXT_REQUEST = 10_000;
const MOST_REQUESTS = 90;

interface Surroundings {
  readonly program: Program;
  readonly dialect: Dialect;
  readonly time: NetworkTime;
  readonly mailbox: Mailbox;
  readonly replies: Replies;
  /** A client sits beside its node: so many ms away. */
  readonly clientLinkMs: number;
  /** Ends the run. */
  fail(sentence: string): void;
}

export class ClientCalls {
  private readonly around: Surroundings;
  private readonly open = new Set<OpenCall>();

  constructor(around: Surroundings) {
    this.around = around;
  }

  /** Rejects with `Refused` when it certainly took no effect, and with any other error when nobody knows. */
  call(node: ProgramNode, process: number, call: SessionCall): Promise<unknown> {
    const { life } = node;
    if (!life) return Promise.reject(new Refused(`${node.id} is down`));
    const { dialect } = this.around;
    const translate = dialect.functions[call.f];
    if (!translate) return Promise.reject(new Refused(`${dialect.name} has no ${call.f}`));
    const exchange = translate(call.input as never, call.key, call.id >= FINAL_IDS);
    // The node is not to blame for what it was not asked.
    if (typeof exchange === 'string') return Promise.reject(new Refused(exchange, { answer: true }));
    const open = new OpenCall(this.around, node, life, `c${process}`, call);
    this.open.add(open);
    open.request(exchange);
    return open.over.finally(() => this.open.delete(open));
  }

  /** What was asked of a node that died is not answered any more, which says nothing of what it had done. */
  breakOff(node: ProgramNode): void {
    for (const open of this.open)
      if (open.node === node) open.reject(new InDoubt(`${node.id} broke off the connection`));
  }
}

/** A call that is not answered yet: one request, or one after the other. */
class OpenCall {
  readonly node: ProgramNode;
  readonly over: Promise<unknown>;
  private readonly around: Surroundings;
  private readonly life: ProgramLife;
  private readonly address: string;
  private readonly call: SessionCall;
  private readonly callOff: () => void;
  private settle!: { readonly resolve: (output: unknown) => void; readonly reject: (error: Error) => void };
  private isOver = false;
  private round = 0;
  /** What the requests so far returned, where there are several. */
  private readonly collected: unknown[] = [];

  constructor(around: Surroundings, node: ProgramNode, life: ProgramLife, address: string, call: SessionCall) {
    this.around = around;
    this.node = node;
    this.life = life;
    this.address = address;
    this.call = call;
    this.over = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    const { timeoutMs } = call;
    const late = () => this.reject(new InDoubt(`no answer within ${timeoutMs} ms`));
    this.callOff = around.time.schedule(timeoutMs, late);
  }

  request(exchange: Exchange): void {
    const { time, mailbox, clientLinkMs } = this.around;
    const { node, life, address, id } = this;
    const take = (reply: Reply) => time.schedule(clientLinkMs, () => !this.isOver && this.take(exchange, reply));
    mailbox.expect(address, id, { take, type: exchange.ask.type });
    const message = { src: address, dest: node.id, body: { ...exchange.ask, msg_id: id } };
    const cause = new Cause(callIdentity(id), `op ${this.call.id}`, node.id);
    const tell = () => !this.isOver && node.tell(life, message, cause, id);
    time.schedule(clientLinkMs, () => node.whenRunning(() => life.whenReady(tell)));
  }

  reject(error: Error): void {
    if (this.end()) this.settle.reject(error);
  }

  /** The message's `msg_id`: of the planned call's id, so that leaving out one call renames no other. */
  private get id(): number {
    return this.call.id + NEXT_REQUEST * this.round;
  }

  private take(exchange: Exchange, reply: Reply): void {
    const told = this.around.replies.read(this.node.id, exchange, reply);
    if ('error' in told) this.reject(told.error);
    else if ('ends' in told) this.around.fail(told.ends);
    else if (exchange.next) this.collect(exchange, told.output, reply);
    else this.resolve(told.output, reply);
  }

  private collect(exchange: Exchange, output: unknown, reply: Reply): void {
    this.collected.push(...(output as readonly unknown[]));
    const next = this.round < MOST_REQUESTS ? exchange.next?.(output) : undefined;
    if (next) {
      this.round++;
      this.request(next);
    } else this.resolve(this.collected, reply);
  }

  /** The value is looked at as that of any system. */
  private resolve(value: unknown, { who }: Reply): void {
    const { program, fail } = this.around;
    const { f, input } = this.call;
    try {
      const output = outputOf(program, this.node.id, { f, input }, value);
      if (this.end()) this.settle.resolve(output);
    } catch (error) {
      if (error instanceof HarnessFailure) fail(`${who} is a reply that cannot be: ${error.message}`);
      else this.reject(asError(error));
    }
  }

  private end(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.callOff();
    this.around.mailbox.giveUp(this.address, this.id);
    return true;
  }
}

/** The address from which the node at this place is told of its start: no client of a history has it. */
export function starterAddress(nodes: readonly NodeId[], node: NodeId): string {
  return `c0${nodes.indexOf(node)}`;
}
