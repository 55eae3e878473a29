import { HistoryError } from './history-error.ts';
import { LONGEST, type ReadOptions, tooLong } from './options.ts';

/** Takes the line `text[from..to)`. */
type EachLine = (text: string, from: number, to: number, number: number) => void;

/**
 * Cuts chunks of text into lines. A line is handed on as a piece of a longer text, `text[from..to)`,
 * without its newline (or carriage return), so that a reader that knows its format needs no copy of it.
 *
 * A last line without a newline is handed on too; where its reader says that it breaks off in the
 * middle, a crash has cut it, and the history ends before it: `end` then returns a note that says so.
 */
export class Lines {
  /** The number of the line that was handed on last, from 1. */
  number = 0;
  private rest = '';
  private readonly each: EachLine;
  private readonly newlineEnds: boolean;
  private readonly longest: number;

  /**
   * `newlineEnds`: nothing but the newline says where a line of the
   * format ends, so that whatever is wrong with a last one is a cut.
   */
  constructor(options: ReadOptions | undefined, each: EachLine, newlineEnds = false) {
    this.each = each;
    this.longest = options?.longest ?? LONGEST;
    this.newlineEnds = newlineEnds;
  }

  push(chunk: string): void {
    if (chunk.indexOf('\n') < 0) {
      this.rest += chunk;
      if (this.rest.length > this.longest) throw this.tooLong();
      return;
    }
    const text = this.rest === '' ? chunk : this.rest + chunk;
    let from = 0;
    for (;;) {
      const to = text.indexOf('\n', from);
      if (to < 0) break;
      this.line(text, from, to);
      from = to + 1;
    }
    this.rest = from === 0 ? text : text.slice(from);
  }

  end(): string[] {
    const last = this.rest;
    this.rest = '';
    if (last.trim() === '') return [];
    try {
      this.line(last, 0, last.length);
      return [];
    } catch (error) {
      if (!(error instanceof HistoryError && (error.cutOff || this.newlineEnds))) throw error;
      return [`line ${this.number} is cut off: the history ends before it`];
    }
  }

  private tooLong(): HistoryError {
    return new HistoryError(tooLong('the line', this.longest), this.number + 1);
  }

  private line(text: string, from: number, to: number): void {
    if (to - from > this.longest) throw this.tooLong();
    this.number++;
    const end = to > from && text.charCodeAt(to - 1) === 13 ? to - 1 : to;
    this.each(text, from, end, this.number);
  }
}
