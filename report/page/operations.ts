import { callText, membersText, transactionText } from './call-text.ts';
import type { PackedNames } from './data.ts';

/** Outcomes as the history's `type` column has them. */
export const OK = 0;
export const FAIL = 1;
export const INFO = 2;
export const OUTCOMES = ['ok', 'fail', 'info'] as const;

interface Columns extends PackedNames {
  readonly process: Int32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly type: Uint8Array;
  readonly f: Uint8Array;
  readonly key: Int32Array;
  readonly node: Int32Array;
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
  readonly error: Int32Array;
  /**
   * Who made it: a client, or one of the workers after them, which ask a node the final calls; -1 where nobody knows.
   */
  readonly worker: Int32Array;
  /** How old what a read returned certainly was when the read began; NaN where nothing proves it stale. */
  readonly ageMs: Float64Array;
  /** Two lines a row: input and output as JSON, empty for null. */
  readonly text: Uint8Array;
}

/** All operations of the run in columns; texts are read out of the bytes when somebody looks at them. */
export class Operations {
  readonly columns: Columns;
  readonly length: number;
  /** The first start and the last end, in nanoseconds. */
  readonly fromNs: number;
  readonly toNs: number;
  /** Where each line of `text` begins; made when first asked for. */
  private lines: Uint32Array | undefined;
  private readonly decoder = new TextDecoder();

  constructor(columns: Columns) {
    this.columns = columns;
    this.length = columns.length;
    let from = Infinity;
    let to = 0;
    for (let row = 0; row < this.length; row++) {
      from = Math.min(from, columns.startNs[row]!);
      const end = columns.endNs[row]!;
      to = Math.max(to, end === Infinity ? columns.startNs[row]! : end);
    }
    this.fromNs = Math.min(from, to);
    this.toNs = Math.max(to, this.fromNs + 1000);
  }

  /** Where this operation ends on the time axis: the last moment of the run where it never returned. */
  endNs(row: number): number {
    const end = this.columns.endNs[row]!;
    return end === Infinity ? this.toNs : end;
  }

  f(row: number): string {
    return this.columns.fNames[this.columns.f[row]!] ?? '?';
  }

  key(row: number): string | undefined {
    return this.columns.keyNames[this.columns.key[row]!];
  }

  node(row: number): string | undefined {
    return this.columns.nodeNames[this.columns.node[row]!];
  }

  outcome(row: number): 'ok' | 'fail' | 'info' {
    return OUTCOMES[this.columns.type[row]!] ?? 'info';
  }

  error(row: number): string | undefined {
    return this.columns.errors[this.columns.error[row]! - 1];
  }

  input(row: number): string {
    return this.line(row * 2);
  }

  output(row: number): string {
    return this.line(row * 2 + 1);
  }

  /** What was asked and answered in one short line, such as `read x → 3`. */
  label(row: number): string {
    const type = this.columns.type[row];
    const input = this.input(row);
    const output = type === OK ? this.output(row) : '';
    const transaction = transactionText(output || input, output !== '');
    const call = transaction ?? callText(this.f(row), this.key(row), input);
    if (type === FAIL) return `${call} ✗ refused`;
    if (type === INFO) return `${call} ? no answer`;
    if (transaction !== undefined || (output === '' && (input !== '' || this.f(row) !== 'read'))) return call;
    const returned = output === '' ? 'null' : membersText(output);
    return returned === '' ? call : `${call} → ${returned}`;
  }

  /** The row of the operation whose invocation has this index, or -1. */
  row(start: number): number {
    const column = this.columns.start;
    let low = 0;
    let high = this.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (column[middle] === start) return middle;
      if (column[middle]! < start) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /**
   * Sets `found[row]` for every row whose input or output has this text in it, upper and lower case alike for ASCII.
   */
  findText(text: string, found: Uint8Array): void {
    const needle = new TextEncoder().encode(text).map(lower);
    const bytes = this.columns.text;
    const lines = this.lineStarts();
    const last = bytes.length - needle.length;
    let line = 0;
    for (let at = 0; at <= last; at++) {
      if (lower(bytes[at]!) !== needle[0]) continue;
      let same = 1;
      while (same < needle.length && lower(bytes[at + same]!) === needle[same]) same++;
      if (same < needle.length) continue;
      while (lines[line + 1]! <= at) line++;
      found[line >> 1] = 1;
    }
  }

  private line(number: number): string {
    const lines = this.lineStarts();
    return this.decoder.decode(this.columns.text.subarray(lines[number], lines[number + 1]! - 1));
  }

  private lineStarts(): Uint32Array {
    if (this.lines) return this.lines;
    const { text } = this.columns;
    const lines = new Uint32Array(this.length * 2 + 1);
    for (let line = 1, at = 0; line < lines.length; line++) {
      at = text.indexOf(10, at) + 1;
      lines[line] = at;
    }
    this.lines = lines;
    return lines;
  }
}

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}
