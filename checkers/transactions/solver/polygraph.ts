/**
 * Transactions as a problem of order: the dependencies that are known, and the writes of each key of which some must
 * have come first. It is a polygraph (Papadimitriou, "The serializability of concurrent database updates", JACM 1979):
 * of each pair of writes either the first and all who read it come before the second, or the other way round.
 */

import type { EdgeList } from '../edges.ts';
import type { VersionReaders } from '../register-edges.ts';
import type { Transactions } from '../transactions-of.ts';

/**
 * The last write of each transaction to each key, one key after the other and in the order of rows: those of key k
 * are `first[k]` to before `first[k + 1]`, and those who read write w `reader[offset[w]]` to before `offset[w + 1]`.
 */
export interface KeyWrites {
  readonly count: number;
  readonly keys: number;
  readonly first: Int32Array;
  readonly writer: Int32Array;
  /** The number of what was written, among the versions of the history. */
  readonly version: Int32Array;
  readonly offset: Int32Array;
  readonly reader: Int32Array;
}

/** The problem. Rows are those of a history or of a part of it; `origin` says which. */
export interface Polygraph {
  readonly rows: number;
  readonly origin: Int32Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly session: Int32Array;
  /** Whether readers are known for each write; for lists they are not. */
  readonly registers: boolean;
  /** Who wrote each version of the whole history, by its row there. */
  readonly author: Int32Array;
  readonly edges: EdgeList;
  readonly writes: KeyWrites;
}

/** What a problem is made from. */
export interface PolygraphSource {
  readonly txns: Transactions;
  readonly edges: EdgeList;
  /** The writes of each key that no observation orders; for lists the appends that nobody read. */
  readonly written: readonly (readonly number[])[];
  readonly readers: VersionReaders | null;
}

/** The problem of a whole history. */
export function polygraphOf({ txns, edges, written, readers }: PolygraphSource): Polygraph {
  const { rows, history, session, writer } = txns;
  const { start, end } = history.columns;
  const draft = new WritesDraft();
  for (const versions of written) {
    const sorted = versions.map((version) => [writer[version], version]).sort((a, b) => a[0] - b[0]);
    sorted.forEach(([row, version], at) => {
      if (at > 0 && sorted[at - 1][0] === row) return;
      draft.add(row, version);
      if (!readers) return;
      for (let i = readers.offset[version]; i < readers.offset[version + 1]; i++) draft.read(readers.reader[i]);
    });
    draft.endKey();
  }
  return {
    rows,
    origin: Int32Array.from({ length: rows }, (_, row) => row),
    start: start.subarray(0, rows),
    end: end.subarray(0, rows),
    session,
    registers: readers !== null,
    author: writer,
    edges,
    writes: draft.finish(),
  };
}

/** KeyWrites as they are gathered, key by key. */
export class WritesDraft {
  private readonly first = [0];
  private readonly writer: number[] = [];
  private readonly version: number[] = [];
  private readonly offset: number[] = [];
  private readonly reader: number[] = [];

  add(row: number, version: number): void {
    this.offset.push(this.reader.length);
    this.writer.push(row);
    this.version.push(version);
  }

  /** Somebody read the write added last. */
  read(row: number): void {
    this.reader.push(row);
  }

  /** Keys without two writes leave nothing open, but what was read of them still counts. */
  endKey(): void {
    if (this.writer.length > (this.first.at(-1) ?? 0)) this.first.push(this.writer.length);
  }

  finish(): KeyWrites {
    return {
      count: this.writer.length,
      keys: this.first.length - 1,
      first: Int32Array.from(this.first),
      writer: Int32Array.from(this.writer),
      version: Int32Array.from(this.version),
      offset: Int32Array.from([...this.offset, this.reader.length]),
      reader: Int32Array.from(this.reader),
    };
  }
}
