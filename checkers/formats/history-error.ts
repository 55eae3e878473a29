/** Why a text is no history. The message is one line for a person; `line` counts from 1 and is absent where no line is to blame. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
  readonly line: number | undefined;
  readonly reason: string;
  /** The text broke off inside a value: tolerated where a crash may have cut the last line. */
  readonly cutOff: boolean;

  constructor(reason: string, line?: number, cutOff = false) {
    super(line === undefined ? reason : `line ${line}: ${reason}`);
    this.reason = reason;
    this.line = line;
    this.cutOff = cutOff;
  }
}
