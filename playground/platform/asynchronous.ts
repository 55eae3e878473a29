import { capabilityOf, type PromiseMaker } from './capability.ts';
import { Promise as BuiltIn, react, resolved } from './promise.ts';

const builtIn = BuiltIn as unknown as PromiseMaker;

/**
 * What an `async` function is turned into: runs the generator, whose `yield` is the `await`. The function's promise is
 * made by the built-in constructor whatever the code has put in its place, and `await` takes one job of a promise.
 */
export function asynchronous(generator: (...args: unknown[]) => Generator<unknown, unknown, unknown>) {
  return function (this: unknown, ...args: unknown[]): PromiseLike<unknown> {
    const { promise, resolve, reject } = capabilityOf<unknown>(builtIn);
    let running: Generator<unknown, unknown, unknown>;
    const step = (go: () => IteratorResult<unknown, unknown>) => {
      let result: IteratorResult<unknown, unknown>;
      try {
        result = go();
      } catch (error) {
        reject(error);
        return;
      }
      if (result.done) {
        resolve(result.value);
        return;
      }
      let awaited: BuiltIn<unknown>;
      try {
        awaited = resolved(builtIn, result.value);
      } catch (error) {
        step(() => running.throw(error));
        return;
      }
      react(
        awaited,
        (value) => step(() => running.next(value)),
        (reason) => step(() => running.throw(reason)),
      );
    };
    step(() => {
      running = generator.apply(this, args);
      return running.next();
    });
    return promise;
  };
}
