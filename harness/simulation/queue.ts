/** The events to come, earliest first; those of one moment in the order in which they were put in. A binary heap. */
export class EventQueue {
  private readonly times: number[] = [];
  private readonly orders: number[] = [];
  private readonly tasks: (() => void)[] = [];
  private count = 0;

  get length(): number {
    return this.tasks.length;
  }

  /** When the next event is due; call only where there is one. */
  get nextTime(): number {
    return this.times[0]!;
  }

  push(time: number, task: () => void): void {
    const order = this.count++;
    let at = this.tasks.length;
    this.times.push(time);
    this.orders.push(order);
    this.tasks.push(task);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      // A new event comes after all others of its moment, so only an earlier time moves it up.
      if (this.times[parent]! <= time) break;
      this.move(parent, at);
      at = parent;
    }
    this.put(at, time, order, task);
  }

  pop(): () => void {
    const first = this.tasks[0]!;
    const time = this.times.pop()!;
    const order = this.orders.pop()!;
    const task = this.tasks.pop()!;
    const length = this.tasks.length;
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
    this.put(at, time, order, task);
    return first;
  }

  private before(a: number, b: number): boolean {
    return this.times[a]! < this.times[b]! || (this.times[a] === this.times[b] && this.orders[a]! < this.orders[b]!);
  }

  private move(from: number, to: number): void {
    this.times[to] = this.times[from]!;
    this.orders[to] = this.orders[from]!;
    this.tasks[to] = this.tasks[from]!;
  }

  private put(at: number, time: number, order: number, task: () => void): void {
    this.times[at] = time;
    this.orders[at] = order;
    this.tasks[at] = task;
  }
}
