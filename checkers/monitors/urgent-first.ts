import { NEVER_COLUMN } from '../history.ts';

/** A binary heap of places by deadline. */
export class UrgentFirst {
  private readonly heap: number[] = [];
  private readonly deadline: Int32Array;

  constructor(deadline: Int32Array) {
    this.deadline = deadline;
  }

  /** The earliest deadline in the heap. */
  least(): number {
    return this.heap.length > 0 ? this.deadline[this.heap[0]] : NEVER_COLUMN;
  }

  push(place: number): void {
    const { heap } = this;
    let at = heap.push(place) - 1;
    while (at > 0 && this.before(place, heap[(at - 1) >> 1])) {
      heap[at] = heap[(at - 1) >> 1];
      at = (at - 1) >> 1;
    }
    heap[at] = place;
  }

  /** Takes the place with the earliest deadline; -1 where the heap is empty. */
  pop(): number {
    const { heap } = this;
    const top = heap[0] ?? -1;
    const moved = heap.pop();
    if (heap.length === 0 || moved === undefined) return top;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && this.before(heap[child + 1], heap[child])) child++;
      if (!this.before(heap[child], moved)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moved;
    return top;
  }

  /** Of equal deadlines the one that began first: then the order in which places are taken respects real time. */
  private before(a: number, b: number): boolean {
    return this.deadline[a] < this.deadline[b] || (this.deadline[a] === this.deadline[b] && a < b);
  }
}
