/** Something that will happen; an event that was called off is passed over when its turn comes. */
export interface Event {
  task: (() => void) | undefined;
}

/** The events to come, earliest first; those of one moment in the order in which they were put in. A binary heap. */
export class EventQueue {
  private readonly times: number[] = [];
  private readonly orders: number[] = [];
  private readonly events: Event[] = [];
  private count = 0;

  get length(): number {
    return this.events.length;
  }

  /** When the next event is due; call only where there is one. */
  get nextTime(): number {
    return this.times[0]!;
  }

  push(time: number, event: Event): void {
    const order = this.count++;
    let at = this.events.length;
    this.times.push(time);
    this.orders.push(order);
    this.events.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      // A new event comes after all others of its moment, so only an earlier time moves it up.
      if (this.times[parent]! <= time) break;
      this.move(parent, at);
      at = parent;
    }
    this.put(at, time, order, event);
  }

  pop(): Event {
    const first = this.events[0]!;
    const time = this.times.pop()!;
    const order = this.orders.pop()!;
    const event = this.events.pop()!;
    const length = this.events.length;
    if (length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && this.before(child + 1, child)) child++;
      if (time < this.times[child]! || (time === this.times[child] && order < this.orders[child]!)) break;
      this.move(child, at);
      at = child;
    }
    this.put(at, time, order, event);
    return first;
  }

  private before(a: number, b: number): boolean {
    return this.times[a]! < this.times[b]! || (this.times[a] === this.times[b] && this.orders[a]! < this.orders[b]!);
  }

  private move(from: number, to: number): void {
    this.times[to] = this.times[from]!;
    this.orders[to] = this.orders[from]!;
    this.events[to] = this.events[from]!;
  }

  private put(at: number, time: number, order: number, event: Event): void {
    this.times[at] = time;
    this.orders[at] = order;
    this.events[at] = event;
  }
}
