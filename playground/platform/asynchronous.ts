import type { PromiseMaker } from './capability.ts';
import { newCarrying } from './jobs.ts';
import { Promise as BuiltIn, pending, Reaction, react, rejectPending, resolved, resolvePending } from './promise.ts';

const builtIn = BuiltIn as unknown as PromiseMaker;

type Running = Generator<unknown, unknown, unknown>;

/**
 * What an `async` function is turned into: runs the generator, whose `yield` is the `await`. The function's promise is
 * made by the built-in constructor whatever the code has put in its place, and `await` takes one job of a promise.
 */
export function asynchronous(generator: (...args: unknown[]) => Running) {
  return function (this: unknown, ...args: unknown[]): PromiseLike<unknown> {
    const promise = pending<unknown>();
    let running: Running;
    try {
      running = generator.apply(this, args);
    } catch (error) {
      // Of its parameters.
      rejectPending(promise, error);
      return promise;
    }
    new Run(promise, running).fulfilled(undefined);
    return promise;
  };
}

/** A call of an `async` function; it waits for one promise at a time, and is what is done about that. */
class Run extends Reaction {
  private readonly promise: BuiltIn<unknown>;
  private readonly running: Running;

  constructor(promise: BuiltIn<unknown>, running: Running) {
    super();
    this.promise = promise;
    this.running = running;
  }

  fulfilled(value: unknown): void {
    this.go('next', value);
  }

  rejected(reason: unknown): void {
    this.go('throw', reason);
  }

  /** Runs the code until it awaits something or ends. */
  private go(how: 'next' | 'throw', value: unknown): void {
    let result: IteratorResult<unknown, unknown>;
    try {
      result = this.running[how](value);
    } catch (error) {
      rejectPending(this.promise, error);
      return;
    }
    if (result.done) {
      resolvePending(this.promise, result.value);
      return;
    }
    let awaited: BuiltIn<unknown>;
    try {
      awaited = resolved(builtIn, result.value);
    } catch (error) {
      this.rejected(error);
      return;
    }
    react(awaited, this, newCarrying());
  }
}
