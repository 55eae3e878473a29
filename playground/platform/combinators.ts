/** What gathers several promises (27.2.4 of ECMA-262); each is made one by the constructor's own `resolve`. */
import { type Capability, capabilityOf, type PromiseMaker } from './capability.ts';

export function all<V>(of: PromiseMaker, values: Iterable<V | PromiseLike<V>>): PromiseLike<V[]> {
  return gathered<V, V[]>(of, values, ({ resolve, reject }, next) => {
    const results: V[] = [];
    let left = 1;
    const one = () => --left === 0 && resolve(results);
    next((promise, at) => {
      left++;
      promise.then(
        once((value: V) => {
          results[at] = value;
          one();
        }),
        reject,
      );
    });
    one();
  });
}

export function allSettled<V>(
  of: PromiseMaker,
  values: Iterable<V | PromiseLike<V>>,
): PromiseLike<PromiseSettledResult<V>[]> {
  return gathered<V, PromiseSettledResult<V>[]>(of, values, ({ resolve }, next) => {
    const results: PromiseSettledResult<V>[] = [];
    let left = 1;
    const one = () => --left === 0 && resolve(results);
    next((promise, at) => {
      left++;
      const settled = once((result: PromiseSettledResult<V>) => {
        results[at] = result;
        one();
      });
      promise.then(
        (value) => settled({ status: 'fulfilled', value }),
        (reason: unknown) => settled({ status: 'rejected', reason }),
      );
    });
    one();
  });
}

export function any<V>(of: PromiseMaker, values: Iterable<V | PromiseLike<V>>): PromiseLike<V> {
  return gathered<V, V>(of, values, ({ resolve, reject }, next) => {
    const errors: unknown[] = [];
    let left = 1;
    const one = () => --left === 0 && reject(new AggregateError(errors, 'All promises were rejected'));
    next((promise, at) => {
      left++;
      promise.then(
        resolve,
        once((error: unknown) => {
          errors[at] = error;
          one();
        }),
      );
    });
    one();
  });
}

export function race<V>(of: PromiseMaker, values: Iterable<V | PromiseLike<V>>): PromiseLike<V> {
  return gathered<V, V>(of, values, ({ resolve, reject }, next) => {
    next((promise) => {
      promise.then(resolve, reject);
    });
  });
}
/** What `all` and its relatives share: each value is made a promise by the constructor's own `resolve`. */
function gathered<V, R>(
  of: PromiseMaker,
  values: Iterable<V | PromiseLike<V>>,
  gather: (capability: Capability<R>, next: (use: (promise: PromiseLike<V>, at: number) => void) => void) => void,
): PromiseLike<R> {
  const capability = capabilityOf<R>(of);
  try {
    const { resolve } = of as unknown as { resolve(value: V | PromiseLike<V>): PromiseLike<V> };
    gather(capability, (use) => {
      let at = 0;
      for (const value of values) use(resolve.call(of, value), at++);
    });
  } catch (error) {
    capability.reject(error);
  }
  return capability.promise;
}

function once<V>(task: (value: V) => void): (value: V) => void {
  let done = false;
  return (value) => {
    if (done) return;
    done = true;
    task(value);
  };
}
