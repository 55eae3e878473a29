/**
 * Promises that carry what they were begun because of, and whose jobs run when the simulation says so. A page has
 * neither `AsyncLocalStorage` nor a way to run microtasks at once; so the build turns `async` functions into
 * generators (playground/lowering.mjs), and these promises run them. Jobs are counted as ECMAScript counts them (sections 27.2.1
 * and 27.2.2 of ECMA-262): code of a node runs in the same order as with native promises.
 */
import { capabilityOf, type PromiseMaker, type Reject, type Resolve } from './capability.ts';
import { all, allSettled, any, race } from './combinators.ts';
import { type Carrying, enqueue, newCarrying, trackRejection } from './jobs.ts';

type Job = () => void;

/** Of a promise what code must not see. */
let isPromise: (value: unknown) => value is Promise_<unknown>;
let react: <T>(promise: Promise_<T>, fulfilled: (value: T) => void, rejected: (reason: unknown) => void) => void;

class Promise_<T> implements PromiseLike<T> {
  static {
    isPromise = (value): value is Promise_<unknown> => typeof value === 'object' && value !== null && #state in value;
    react = (promise, fulfilled, rejected) => promise.#react(fulfilled, rejected, newCarrying());
  }
  declare readonly [Symbol.toStringTag]: string;
  #handled = false;
  #state: 'pending' | 'fulfilled' | 'rejected' = 'pending';
  #value: unknown;
  #reactions: Job[] = [];
  readonly #carrying: Carrying = newCarrying();

  constructor(executor: (resolve: Resolve<T>, reject: Reject) => void) {
    if (typeof executor !== 'function') throw new TypeError(`Promise resolver ${String(executor)} is not a function`);
    const { resolve, reject } = this.#resolvers();
    try {
      executor(resolve, reject);
    } catch (error) {
      reject(error);
    }
  }

  /** CreateResolvingFunctions. */
  #resolvers(): { resolve: Resolve<T>; reject: Reject } {
    let done = false;
    const reject = (reason?: unknown) => {
      if (done) return;
      done = true;
      this.#settle('rejected', reason);
    };
    const resolve = (value: T | PromiseLike<T>) => {
      if (done) return;
      done = true;
      if ((value as unknown) === this) {
        this.#settle('rejected', new TypeError('Chaining cycle detected for promise #<Promise>'));
        return;
      }
      if ((typeof value !== 'object' || value === null) && typeof value !== 'function') {
        this.#settle('fulfilled', value);
        return;
      }
      let then: unknown;
      try {
        ({ then } = value as PromiseLike<T>);
      } catch (error) {
        this.#settle('rejected', error);
        return;
      }
      if (typeof then !== 'function') {
        this.#settle('fulfilled', value);
        return;
      }
      enqueue(() => {
        const follow = this.#resolvers();
        try {
          then.call(value, follow.resolve, follow.reject);
        } catch (error) {
          follow.reject(error);
        }
      }, this.#carrying);
    };
    return { resolve, reject };
  }

  #settle(state: 'fulfilled' | 'rejected', value: unknown): void {
    this.#state = state;
    this.#value = value;
    const reactions = this.#reactions;
    this.#reactions = [];
    if (state === 'rejected' && !this.#handled) trackRejection(this, value, this.#carrying, () => this.#handled);
    for (const react of reactions) react();
  }

  /** PerformPromiseThen; the jobs are of the promise that `then` returns. */
  #react(fulfilled: (value: T) => void, rejected: (reason: unknown) => void, of: Carrying): void {
    const react = () =>
      enqueue(() => {
        if (this.#state === 'fulfilled') fulfilled(this.#value as T);
        else rejected(this.#value);
      }, of);
    this.#handled = true;
    if (this.#state === 'pending') this.#reactions.push(react);
    else react();
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise_<A | B> {
    const { promise, resolve, reject } = capabilityOf<A | B>(makerOf(this as Promise_<unknown>));
    const reacted =
      <V>(handler: ((value: V) => A | B | PromiseLike<A | B>) | null | undefined, otherwise: (value: V) => void) =>
      (value: V) => {
        if (typeof handler !== 'function') {
          otherwise(value);
          return;
        }
        let result: A | B | PromiseLike<A | B>;
        try {
          result = handler(value);
        } catch (error) {
          reject(error);
          return;
        }
        resolve(result);
      };
    this.#react(
      reacted(fulfilled, (value) => resolve(value as unknown as A)),
      reacted(rejected, reject),
      isPromise(promise) ? promise.#carrying : newCarrying(),
    );
    return promise as Promise_<A | B>;
  }

  catch<B = never>(rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise_<T | B> {
    return this.then(undefined, rejected);
  }

  finally(task?: (() => void) | null): Promise_<T> {
    if (typeof task !== 'function') return this.then(task as undefined, task as undefined);
    const of = makerOf(this as Promise_<unknown>);
    return this.then(
      (value) => resolved(of, task()).then(() => value),
      (reason: unknown) =>
        resolved(of, task()).then(() => {
          throw reason;
        }),
    );
  }

  static resolve<V>(this: PromiseMaker, value?: V | PromiseLike<V>): Promise_<Awaited<V>> {
    return resolved(this, value) as Promise_<Awaited<V>>;
  }

  static reject<V = never>(this: PromiseMaker, reason?: unknown): Promise_<V> {
    const { promise, reject } = capabilityOf<V>(this);
    reject(reason);
    return promise as Promise_<V>;
  }

  static all<V>(this: PromiseMaker, values: Iterable<V | PromiseLike<V>>): Promise_<V[]> {
    return all(this, values) as Promise_<V[]>;
  }

  static allSettled<V>(this: PromiseMaker, values: Iterable<V | PromiseLike<V>>): Promise_<PromiseSettledResult<V>[]> {
    return allSettled(this, values) as Promise_<PromiseSettledResult<V>[]>;
  }

  static any<V>(this: PromiseMaker, values: Iterable<V | PromiseLike<V>>): Promise_<V> {
    return any(this, values) as Promise_<V>;
  }

  static race<V>(this: PromiseMaker, values: Iterable<V | PromiseLike<V>>): Promise_<V> {
    return race(this, values) as Promise_<V>;
  }
}
Object.defineProperty(Promise_, 'name', { value: 'Promise' });
Object.defineProperty(Promise_, Symbol.species, {
  get(this: unknown) {
    return this;
  },
  configurable: true,
});
Object.defineProperty(Promise_.prototype, Symbol.toStringTag, { value: 'Promise', configurable: true });

/** PromiseResolve: a promise of this constructor as it is, anything else in a new one. */
function resolved<V>(of: PromiseMaker, value: V | PromiseLike<V>): Promise_<V> {
  if (isPromise(value) && (value.constructor as unknown) === of) return value as Promise_<V>;
  const { promise, resolve } = capabilityOf<V>(of);
  resolve(value);
  return promise as Promise_<V>;
}

/** SpeciesConstructor. */
function makerOf(promise: Promise_<unknown>): PromiseMaker {
  const own = promise.constructor as unknown as { [Symbol.species]?: PromiseMaker } | undefined;
  return own?.[Symbol.species] ?? (Promise_ as unknown as PromiseMaker);
}

export { Promise_ as Promise, react, resolved };
