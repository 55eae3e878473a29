import type { Fate } from '../../faults/fate.ts';
import { plannedId } from '../composed-faults.ts';

/** The faults that had a hand in what happened to a message. */
type Hands = Pick<Fate, 'lostBy' | 'changedBy'>;

/** How many messages each fault was seen to lose, delay or double, by the fault's id. */
export class Losses {
  private readonly cutBy = new Map<number, number>();
  private readonly touchedBy = new Map<number, number>();

  /** Notes the fate of a message that is sent. */
  sent({ lostBy, changedBy }: Hands): void {
    for (const id of lostBy) count(this.cutBy, id);
    for (const id of changedBy) count(this.touchedBy, id);
  }

  /** Notes a copy that these faults lost on its way. */
  inFlight(lostBy: readonly number[]): void {
    for (const id of lostBy) count(this.cutBy, id);
  }

  /** What a fault of the network was seen to do so far. */
  effectOf({ id }: { readonly id: number }): { readonly cut: number; readonly touched: number } {
    return { cut: this.cutBy.get(id) ?? 0, touched: this.touchedBy.get(id) ?? 0 };
  }
}

/** The same as a journal has it; nothing where no fault had a hand in it. */
export function namedBy({ lostBy, changedBy }: Hands): { readonly faults?: readonly number[] } {
  return lostBy.length + changedBy.length > 0 ? { faults: [...lostBy, ...changedBy].map(plannedId) } : {};
}

export function count<K>(counts: Map<K, number>, key: K, more = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}
