/**
 * A serial order of register transactions by running them: always the next one in time
 * that no known dependency holds back and that overwrites nothing with readers still to come.
 *
 * A version stays until all its readers have run, so every read is right. The order found proves serializability; none
 * found proves nothing, because another choice among writers might have succeeded. O(edges + n log n).
 */
import { NEVER_COLUMN } from '../history.ts';
import type { EdgeList } from './edges.ts';
import type { Graph } from './graph.ts';
import { Heap } from './heap.ts';
import { readsAnew, type VersionReaders } from './register-edges.ts';
import type { RegisterTransactions } from './transactions-of.ts';
import { COMMITTED, WRITE } from './transactions-of.ts';
import { ALL_DATA, wholeGraph } from './views.ts';

/** The rows of all committed transactions in a serial order that keeps the edges of data and `time`, or null. */
export function serialOrder(
  registers: RegisterTransactions,
  edges: EdgeList,
  readers: VersionReaders,
  time: number,
): Int32Array | null {
  return new SerialRun(registers, readers, wholeGraph(edges, ALL_DATA | time)).finish();
}

/** How often each transaction may be woken on average, in vain: a search does better then. */
const PATIENCE = 64;

class SerialRun {
  private readonly registers: RegisterTransactions;
  private readonly graph: Graph;
  private readonly waiting: Int32Array;
  /** The version that each key holds. */
  private readonly current: Int32Array;
  /** How many readers of each version have not run. */
  private readonly pending: Int32Array;
  /** Transactions that wait for the readers of a version. */
  private readonly blocked = new Map<number, number[]>();
  private readonly ready: Heap;
  private readonly order: number[] = [];
  private done = 0;
  private woken = 0;

  constructor(registers: RegisterTransactions, readers: VersionReaders, graph: Graph) {
    this.registers = registers;
    this.graph = graph;
    this.current = registers.initial.slice();
    this.pending = new Int32Array(registers.versions);
    for (let v = 0; v < registers.versions; v++) this.pending[v] = readers.offset[v + 1] - readers.offset[v];
    this.waiting = new Int32Array(graph.nodes);
    for (let i = 0; i < graph.target.length; i++) this.waiting[graph.target[i]]++;
    this.ready = new Heap(urgency(registers, readers));
  }

  finish(): Int32Array | null {
    let left = 0;
    // All nodes that wait for nothing are gathered first: those freed meanwhile must not be freed twice.
    const begin: number[] = [];
    for (let v = 0; v < this.graph.nodes; v++) {
      if (v >= this.registers.rows || this.registers.status[v] === COMMITTED) left++;
      if (this.waiting[v] === 0) begin.push(v);
    }
    for (const v of begin) this.free(v);
    for (let row = this.ready.pop(); row >= 0; row = this.ready.pop()) {
      const obstacle = this.obstacle(row);
      if (obstacle < 0) this.execute(row);
      else this.block(obstacle, row);
      if (this.woken > PATIENCE * this.graph.nodes) return null;
    }
    return this.done === left ? Int32Array.from(this.order) : null;
  }

  private block(version: number, row: number): void {
    const rows = this.blocked.get(version);
    if (rows) rows.push(row);
    else this.blocked.set(version, [row]);
  }

  /** A node whose predecessors have all run: a virtual one runs at once. */
  private free(node: number): void {
    const stack = [node];
    for (let v = stack.pop(); v !== undefined; v = stack.pop()) {
      if (v < this.registers.rows) {
        if (this.registers.status[v] === COMMITTED) this.ready.push(v);
        continue;
      }
      this.done++;
      this.release(v, stack);
    }
  }

  private release(v: number, stack: number[]): void {
    const { offset, target } = this.graph;
    for (let i = offset[v]; i < offset[v + 1]; i++) if (--this.waiting[target[i]] === 0) stack.push(target[i]);
  }

  /** A version that the transaction would overwrite although others still have to read it, or -1. */
  private obstacle(row: number): number {
    const { first, effect, key, version } = this.registers;
    for (let place = first[row]; place < first[row + 1]; place++) {
      if (effect[place] !== WRITE) continue;
      const held = this.current[key[place]];
      let own = 0;
      for (let i = first[row]; i < first[row + 1]; i++) if (effect[i] !== WRITE && version[i] === held) own = 1;
      if (this.pending[held] > own) return held;
    }
    return -1;
  }

  private execute(row: number): void {
    const { first, effect, key, version } = this.registers;
    this.done++;
    this.order.push(row);
    for (let place = first[row]; place < first[row + 1]; place++) {
      const v = version[place];
      if (effect[place] === WRITE) this.current[key[place]] = v;
      else if (readsAnew(this.registers, row, place) && --this.pending[v] <= 1) this.wake(v);
    }
    const stack: number[] = [];
    this.release(row, stack);
    for (const node of stack) this.free(node);
  }

  private wake(version: number): void {
    const rows = this.blocked.get(version);
    if (!rows) return;
    this.blocked.delete(version);
    this.woken += rows.length;
    for (const row of rows) this.ready.push(row);
  }
}

/** When each transaction should run at the latest: by its own end, or that of its first reader. */
function urgency(registers: RegisterTransactions, readers: VersionReaders): Int32Array {
  const { end } = registers.history.columns;
  const by = Int32Array.from(end.subarray(0, registers.rows));
  for (let version = 0; version < registers.versions; version++) {
    const writer = registers.writer[version];
    if (writer < 0) continue;
    for (let i = readers.offset[version]; i < readers.offset[version + 1]; i++)
      by[writer] = Math.min(by[writer], end[readers.reader[i]] ?? NEVER_COLUMN);
  }
  return by;
}
