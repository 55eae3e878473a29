/**
 * Replicas that gossip whole states, in one deterministic loop:
 * correct data types must never be accused, broken ones must be.
 */
import type { Api, History, Operation } from 'elle-ts';
import { historyOf, NEVER } from 'elle-ts';
import { below, type Draw, pick } from '../monitors/random.ts';

/**
 * A replicated data type by its state: how an update changes
 * it at a node, how two states become one, and what a read shows.
 */
export interface Replicated<S> {
  readonly init: S;
  /** `stamp` is unique and grows at every node with what the node has seen. */
  update(state: S, node: number, f: string, input: unknown, stamp: readonly [number, number]): S;
  merge(a: S, b: S): S;
  show(state: S): unknown;
  call(draw: Draw, i: number, state: S): { f: string; input: unknown };
}

interface Client {
  process: number;
  readonly node: number;
}

interface Call extends Client {
  readonly f: string;
  readonly input: unknown;
  readonly start: number;
}

/** Runs three replicas with five clients until all have gossiped with all, and reads each of them in the end. */
export function simulate<S>(draw: Draw, type: Replicated<S>, steps = 40): History {
  const run = new Run(draw, type);
  for (let step = 0; step < steps; step++) {
    const chance = draw();
    if (chance < 0.3) run.gossip(below(draw, 3), below(draw, 3));
    if (chance < 0.05) run.late.pop()?.();
    if (chance >= 0.3) run.clientsAct();
  }
  for (const node of [0, 1, 2, 0, 1, 2]) for (const to of [0, 1, 2]) run.gossip(node, to);
  for (const node of [0, 1, 2]) run.read({ process: 90 + node, node, f: 'read', input: null, start: run.time++ });
  return historyOf(run.operations) as unknown as History<Api>;
}

class Run<S> {
  readonly operations: Operation[] = [];
  /** Updates that crashed, and take effect when nobody waits for them any more. */
  readonly late: (() => void)[] = [];
  time = 0;
  private readonly clients: readonly Client[] = [0, 1, 2, 3, 4].map((process) => ({ process, node: process % 3 }));
  private readonly states: S[];
  private readonly clocks = [0, 0, 0];
  private fresh = 5;
  private calls = 0;
  private readonly draw: Draw;
  private readonly type: Replicated<S>;

  constructor(draw: Draw, type: Replicated<S>) {
    this.draw = draw;
    this.type = type;
    this.states = [type.init, type.init, type.init];
  }

  gossip(from: number, to: number): void {
    this.states[to] = this.type.merge(this.state(to), this.state(from));
    this.clocks[to] = Math.max(this.clocks[to] as number, this.clocks[from] as number);
  }

  /** One client, or two whose operations overlap and take effect one after the other. */
  clientsAct(): void {
    const { draw, clients } = this;
    const acting = new Set(draw() < 0.3 ? [pick(draw, clients), pick(draw, clients)] : [pick(draw, clients)]);
    const calls = [...acting].map((client): [Client, Call] => {
      const asked =
        draw() < 0.35 ? { f: 'read', input: null } : this.type.call(draw, this.calls++, this.state(client.node));
      return [client, { ...client, ...asked, start: this.time++ }];
    });
    for (const [client, call] of calls) {
      if (call.f === 'read') this.read(call);
      else if (draw() < 0.12) this.crash(client, call);
      else {
        this.update(call);
        this.record(call, null, this.time++);
      }
    }
  }

  read(call: Call): void {
    this.record(call, this.type.show(this.state(call.node)), this.time++);
  }

  private crash(client: Client, call: Call): void {
    const fate = this.draw();
    if (fate < 0.4) this.update(call);
    else if (fate < 0.7) this.late.push(() => this.update(call));
    this.record(call, null, NEVER);
    client.process = this.fresh++;
  }

  private update({ node, f, input }: Call): void {
    const clock = (this.clocks[node] as number) + 1;
    this.clocks[node] = clock;
    this.states[node] = this.type.update(this.state(node), node, f, input, [clock, node]);
  }

  private state(node: number): S {
    return this.states[node] as S;
  }

  private record({ process, node, f, input, start }: Call, output: unknown, end: number): void {
    const outcome = end === NEVER ? { type: 'info', error: 'crashed' } : { type: 'ok', output };
    const endNs = end === NEVER ? Number.POSITIVE_INFINITY : end * 1e6;
    const operation = { process, node: `n${node}`, f, input, outcome, start, end, startNs: start * 1e6, endNs };
    this.operations.push(operation as unknown as Operation);
  }
}
