import { HarnessFailure } from '../../failure.ts';

/**
 * The end of a run, in its time or before. Whatever waits for
 * nodes then is dropped without an answer: nobody is to carry on.
 */
export class RunEnd {
  /**
   * Rejects when the run cannot go on: the harness could not do its work, or a node broke its contract. Never resolves.
   */
  readonly failed: Promise<never>;
  hasCome = false;
  private readonly tasks: (() => void)[] = [];
  private reject: (error: HarnessFailure) => void = () => {};

  constructor() {
    this.failed = new Promise((_, reject) => {
      this.reject = reject;
    });
    this.failed.catch(() => {}); // It may fail while nobody listens yet.
  }

  /** The task is called when the end comes: at least once. */
  whenItComes(task: () => void): void {
    this.tasks.push(task);
  }

  /** Ends the run. */
  come(): void {
    this.hasCome = true;
    for (const task of this.tasks) task();
  }

  /** Ends the run as an error of this sentence, unless it has ended. */
  fail(sentence: string): void {
    if (this.hasCome) return;
    this.come();
    this.reject(new HarnessFailure(sentence));
  }
}
