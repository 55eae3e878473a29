/** Makes lines of the chunks that a program writes. */
import { isUtf8 } from 'node:buffer';

/** A line longer than this is not waited for. */
const MOST_BYTES = 64 * 2 ** 20;
const NEWLINE = 10;

interface Lines {
  line(text: string): void;
  /** Bytes that are no text; as much of them as can be shown. */
  garbled(shown: string): void;
  /** A line that does not end. */
  tooLong(): void;
}

export class Framer {
  private readonly lines: Lines;
  /** What came since the last end of a line. */
  private rest: Buffer[] = [];
  private bytes = 0;

  constructor(lines: Lines) {
    this.lines = lines;
  }

  take(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      this.line(this.whole(chunk.subarray(from, at)));
      from = at + 1;
    }
    if (from === chunk.length) return;
    this.rest.push(chunk.subarray(from));
    this.bytes += chunk.length - from;
    if (this.bytes > MOST_BYTES) this.lines.tooLong();
  }

  private whole(end: Buffer): Buffer {
    if (this.rest.length === 0) return end;
    const whole = Buffer.concat([...this.rest, end]);
    this.rest = [];
    this.bytes = 0;
    return whole;
  }

  private line(bytes: Buffer): void {
    const text = bytes.toString('utf8').replace(/\r$/, '');
    if (!isUtf8(bytes)) this.lines.garbled(text);
    else this.lines.line(text);
  }
}
