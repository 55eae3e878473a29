/**
 * Why a text is no history. The message is one line for a person;
 * `line` counts from 1 and is absent where the reason is in no line.
 */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
  readonly line: number | undefined;
  readonly reason: string;
  /** The text broke off inside a value: tolerated where a crash may have cut the last line. */
  readonly cutOff: boolean;
  /** The operation that is wrong, by its `start`: a reader knows on which line it stands. */
  readonly operation: number | undefined;

  constructor(reason: string, line?: number, cutOff = false, operation?: number) {
    super(line === undefined ? reason : `line ${line}: ${reason}`);
    this.reason = reason;
    this.line = line;
    this.cutOff = cutOff;
    this.operation = operation;
  }

  /** An operation that its datatype does not have. */
  static of(operation: number, reason: string): HistoryError {
    return new HistoryError(`the operation of index ${operation}${reason}`, undefined, false, operation);
  }

  /** The same error with its line, where a reader knows it. */
  onLine(line: number | undefined): HistoryError {
    return this.line !== undefined || line === undefined
      ? this
      : new HistoryError(this.reason, line, this.cutOff, this.operation);
  }
}
