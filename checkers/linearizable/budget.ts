/**
 * What a search may use: steps of the model and bytes. Counted,
 * not timed, so that a verdict is the same on every machine.
 */
export class Budget {
  steps = 0;
  /** What ran out; meaningful once `left` said no. */
  lacking: 'steps' | 'bytes' = 'steps';
  readonly maxSteps: number;
  readonly maxBytes: number;

  constructor(maxSteps: number, maxBytes: number) {
    this.maxSteps = maxSteps;
    this.maxBytes = maxBytes;
  }

  step(): void {
    this.steps++;
  }

  /** A part of what is left: at most this many steps. What it used must be added here when it is done. */
  share(steps: number): Budget {
    return new Budget(Math.min(steps, this.maxSteps - this.steps), this.maxBytes);
  }

  /** Whether one may go on, given how many bytes are in use. */
  left(bytes: number): boolean {
    if (bytes > this.maxBytes) this.lacking = 'bytes';
    else if (this.steps > this.maxSteps) this.lacking = 'steps';
    else return true;
    return false;
  }
}
