/**
 * The one point that every message passes where nodes' code or their lines are in the harness's own hands, that is of
 * simulated nodes and of programs: its fate is asked for here, and it is counted, journalled and watched.
 */
import type { NodeId } from '../../../systems/node.ts';
import { cutsBetween, type Fate, fate, type Links, type Medium } from '../../faults/fate.ts';
import type { Fault } from '../../faults/fault.ts';
import { identityText, mix } from '../../node/identity.ts';
import { overTheWire } from '../../node/wire.ts';
import type { Frame } from '../../node/world.ts';
import type { ActiveFaults } from '../active-faults.ts';
import type { Journalled, Traffic } from '../cluster.ts';
import { count, Losses, namedBy } from './losses.ts';

/** The clock of a network, and how it waits. */
export interface NetworkTime {
  /** Whole microseconds. */
  readonly nowUs: number;
  /** In ms. */
  elapsed(): number;
  /** Lets the task happen after so many ms. Returns what calls it off. */
  schedule(ms: number, task: () => void): () => void;
}

interface NetworkOptions {
  readonly time: NetworkTime;
  /** What sound links do by themselves. */
  readonly medium: Medium;
  readonly faults: ActiveFaults;
  readonly links: Links;
  /** Keeps every message for the journal. */
  readonly journal: boolean;
  /** What stands at each address. */
  readonly machines: ReadonlyMap<NodeId, { receive(frame: Frame, copy: number): void }>;
  /** Nobody changes a message after it was sent, or after it arrived: then it need not be copied. */
  readonly immutable?: true;
  /** Whether a message counts as one that nodes sent each other; all do where it is absent. */
  counts?(from: NodeId, to: NodeId): boolean;
}

export class Network {
  readonly journal: Journalled[] = [];
  readonly losses = new Losses();
  /** A hash of every message and its times: two runs that differ anywhere differ here. */
  trace = 0;
  private readonly options: NetworkOptions;
  private readonly kinds = new Map<string, number>();
  private readonly watches: { fault: Fault; left: number; begin: (at: NodeId) => void }[] = [];
  private messages = 0;
  private bytes = 0;

  constructor(options: NetworkOptions) {
    this.options = options;
  }

  /** Sends a message from one node to another, which must be there. */
  pass(frame: Frame): void {
    const { time, faults: active, links, medium, journal } = this.options;
    const atMs = time.elapsed();
    if (this.options.counts?.(frame.from, frame.to) ?? true) this.messages++;
    count(this.kinds, frame.kind);
    const dealt = fate(frame, active.all, links, medium, atMs);
    const { delaysMs } = dealt;
    this.losses.sent(dealt);
    this.trace = mix(this.trace, mix(frame.identity, time.nowUs));
    const arrivedMs: number[] = [];
    if (journal) this.note(frame, atMs, dealt, arrivedMs);
    for (let copy = 0; copy < delaysMs.length; copy++)
      time.schedule(delaysMs[copy]!, () => this.arrive(frame, copy, arrivedMs));
    if (this.watches.length > 0) this.trigger(frame);
  }

  /** Begins a fault once the message that it names is sent. */
  watch(fault: Fault, begin: (at: NodeId) => void): void {
    if (fault.on) this.watches.push({ fault, left: fault.on.nth, begin });
  }

  /** Faults that wait for a message never begin. */
  watchNoMore(): void {
    this.watches.length = 0;
  }

  traffic(): Omit<Traffic, 'marks'> {
    return { messages: this.messages, bytes: this.bytes, kinds: Object.fromEntries(this.kinds) };
  }

  private arrive(frame: Frame, copy: number, arrivedMs: number[]): void {
    const { time, faults, journal, machines } = this.options;
    // A cut loses what is in flight, too.
    const cut = cutsBetween(frame.from, frame.to, faults.all, time.elapsed());
    if (cut.length > 0) {
      this.losses.inFlight(cut);
      return;
    }
    this.trace = mix(this.trace, mix(frame.identity, time.nowUs));
    if (journal) arrivedMs.push(time.elapsed());
    const received = copy === 0 ? frame : { ...frame, body: this.copyOf(frame.body) };
    machines.get(frame.to)?.receive(received, copy);
  }

  private note(frame: Frame, sentMs: number, { delaysMs, ...by }: Fate, arrivedMs: number[]): void {
    this.bytes += JSON.stringify(frame.body ?? null).length;
    this.journal.push({
      id: identityText(frame.identity),
      cause: frame.cause.says,
      root: frame.cause.root,
      from: frame.from,
      to: frame.to,
      kind: frame.kind,
      sentMs,
      delaysMs,
      arrivedMs,
      ...namedBy(by),
      body: this.copyOf(frame.body),
    });
  }

  private copyOf(body: unknown): unknown {
    return this.options.immutable ? body : overTheWire(body);
  }

  private trigger(frame: Frame): void {
    for (const watch of [...this.watches]) {
      if (watch.fault.on?.message !== frame.kind || --watch.left > 0) continue;
      this.watches.splice(this.watches.indexOf(watch), 1);
      watch.begin(watch.fault.on.at === 'from' ? frame.from : frame.to);
    }
  }
}
