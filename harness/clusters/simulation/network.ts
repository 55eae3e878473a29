/**
 * The one point that every message between simulated nodes passes: its
 * fate is asked for here, and it is counted, journalled and watched.
 */
import type { NodeId } from '../../../systems/node.ts';
import { cutsBetween, type Fate, fate, type Links, SIMULATED } from '../../faults/fate.ts';
import type { Fault } from '../../faults/fault.ts';
import { identityText, mix } from '../../node/identity.ts';
import { overTheWire } from '../../node/wire.ts';
import type { Frame } from '../../node/world.ts';
import type { ActiveFaults } from '../active-faults.ts';
import type { Journalled, Traffic } from '../cluster.ts';
import { count, Losses, namedBy } from '../network/losses.ts';
import type { Machine } from './life.ts';
import type { VirtualTime } from './virtual-time.ts';

interface NetworkOptions {
  readonly time: VirtualTime;
  readonly faults: ActiveFaults;
  readonly links: Links;
  /** Keeps every message for the journal. */
  readonly journal: boolean;
  readonly machines: ReadonlyMap<NodeId, Machine>;
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
    const { time, faults: active, links, journal } = this.options;
    const atMs = time.elapsed();
    this.messages++;
    count(this.kinds, frame.kind);
    const dealt = fate(frame, active.all, links, SIMULATED, atMs);
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
    const received = copy === 0 ? frame : { ...frame, body: overTheWire(frame.body) };
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
      body: overTheWire(frame.body),
    });
  }

  private trigger(frame: Frame): void {
    for (const watch of [...this.watches]) {
      if (watch.fault.on?.message !== frame.kind || --watch.left > 0) continue;
      this.watches.splice(this.watches.indexOf(watch), 1);
      watch.begin(watch.fault.on.at === 'from' ? frame.from : frame.to);
    }
  }
}
