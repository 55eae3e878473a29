/**
 * The one point that every message between children passes: here its fate is asked for, here it is counted, journalled,
 * held up, doubled or lost. The same `fate` as in the simulation, with links that add nothing of their own.
 */
import type { NodeId } from '../../../systems/node.ts';
import type { Links } from '../../faults/fate.ts';
import { cutsBetween, fate, REAL } from '../../faults/fate.ts';
import { identityText } from '../../node/identity.ts';
import type { ActiveFaults } from '../active-faults.ts';
import type { Sent } from '../processes/protocol.ts';
import type { Journal } from './journal.ts';
import { count, Losses, namedBy } from './losses.ts';

export interface SwitchOptions {
  readonly links: Links;
  /** Where every message is noted, where that is wanted. */
  readonly journal?: Journal;
  readonly faults: ActiveFaults;
  /** The harness's clock in ms. */
  elapsed(): number;
  /** Hands a copy to the node's child, as JSON; whether there is one. */
  deliver(to: NodeId, entry: string): boolean;
}

export class Switch {
  messages = 0;
  bytes = 0;
  /** How many messages there were of each kind. */
  readonly kinds = new Map<string, number>();
  readonly losses = new Losses();
  private readonly options: SwitchOptions;
  private readonly held = new Set<NodeJS.Timeout>();

  constructor(options: SwitchOptions) {
    this.options = options;
  }

  /** Takes a message from a node and does with its copies what the faults of this moment make of them. */
  pass(from: NodeId, [, identity, cause, root, to, kind, type, re, body]: Sent): void {
    const { links, journal, faults: active, elapsed } = this.options;
    const sentMs = elapsed();
    const { delaysMs, ...by } = fate({ identity, from, to }, active.all, links, REAL, sentMs);
    this.losses.sent(by);
    const text = JSON.stringify([identity, root, from, kind, type, re, body]).slice(1);
    this.messages++;
    count(this.kinds, kind);
    this.bytes += text.length;
    const arrivedMs: number[] = [];
    const id = identityText(identity);
    const noted = { id, cause, root, from, to, kind, sentMs, delaysMs, arrivedMs, ...namedBy(by), body };
    let left = delaysMs.length;
    journal?.sent(noted);
    if (left === 0) journal?.settled(noted);
    delaysMs.forEach((delay, copy) => {
      const arrive = () => {
        this.arrive(from, to, `["message",${copy},${text}`, arrivedMs);
        if (--left === 0) journal?.settled(noted);
      };
      if (delay <= 0) arrive();
      else this.hold(delay, arrive);
    });
  }

  /** Forgets what is still on its way. */
  close(): void {
    for (const timer of this.held) clearTimeout(timer);
    this.held.clear();
  }

  private hold(ms: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.held.delete(timer);
      task();
    }, ms);
    this.held.add(timer);
  }

  private arrive(from: NodeId, to: NodeId, entry: string, arrivedMs: number[]): void {
    const atMs = this.options.elapsed();
    // A cut loses what is in flight, too.
    const cut = cutsBetween(from, to, this.options.faults.all, atMs);
    if (cut.length > 0) this.losses.inFlight(cut);
    else if (this.options.deliver(to, entry)) arrivedMs.push(atMs);
  }
}
