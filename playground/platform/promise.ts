/**
 * Promises that carry what they were begun because of, and whose jobs run when the simulation says so. A page has neither
 * `AsyncLocalStorage` nor a way to run microtasks at once; so the build turns `async` functions into generators
 * (playground/lowering.mjs), and these promises run them. Jobs are counted as ECMAScript counts them (sections 27.2.1
 * and 27.2.2 of ECMA-262): code of a node runs in the same order as with native promises.
 */

/**
 * What a job runs on behalf of, with the value that it carries. As in Node.js 20 that is a promise: it takes over what is
 * carried where it is made, and `enterWith` changes what it carries from then on.
 */
interface Carrying {
  value: unknown;
}
const page: Carrying = { value: undefined };
let carrying: Carrying = page;

/** The value that the running job carries; see harness/platform/platform.ts, `Carrier`. */
export function carriedNow(): unknown {
  return carrying.value;
}

export function carry(value: unknown): void {
  carrying.value = value;
}

type Job = () => void;
interface QueuedJob {
  readonly job: Job;
  readonly of: Carrying;
}

let queue: QueuedJob[] = [];
let draining = false;
/** Outside of simulated runs the event loop drains, as with native promises. */
let turnAsked = false;
/** Rejected promises that nothing handles so far. */
let unhandled: Promise_<unknown>[] = [];
let tellStray: ((error: unknown, of: unknown) => void) | undefined;
let tellError: ((error: unknown) => void) | undefined;

/** Who hears of rejections that nobody handles, and of errors in jobs; undefined: they are thrown at the page. */
export function listenForUnhandled(
  stray: ((error: unknown, of: unknown) => void) | undefined,
  error: ((error: unknown) => void) | undefined,
): void {
  tellStray = stray;
  tellError = error;
}

function enqueue(job: Job, of: Carrying): void {
  queue.push({ job, of });
  if (draining || turnAsked) return;
  turnAsked = true;
  nativeThen.call(nativeDone, () => {
    turnAsked = false;
    drainJobs();
  });
}

const nativeDone = globalThis.Promise.resolve();
const nativeThen = globalThis.Promise.prototype.then;

/** Runs all jobs that are due, and those that they add, then tells of rejections that nobody handles. */
export function drainJobs(): void {
  // A job that drains would run what is due after it before its own rest; native microtasks do not nest either.
  if (draining) return;
  const outer = carrying;
  draining = true;
  try {
    for (let at = 0; at < queue.length; at++) {
      const { job, of } = queue[at]!;
      carrying = of;
      try {
        job();
      } catch (error) {
        if (!tellError) throw error;
        tellError(error);
      }
      if (at === 4096) {
        queue = queue.slice(at + 1);
        at = -1;
      }
    }
  } finally {
    queue = [];
    draining = false;
    carrying = outer;
  }
  tellUnhandled();
}

function tellUnhandled(): void {
  while (unhandled.length > 0) {
    const due = unhandled;
    unhandled = [];
    for (const promise of due) tellIfUnhandled(promise);
  }
}

type Resolve<T> = (value: T | PromiseLike<T>) => void;
type Reject = (reason?: unknown) => void;
interface Reaction {
  readonly kept: Job;
  readonly broken: Job;
}

/** How the object is made that `then` returns: of a subclass by its own constructor. */
interface Capability<T> {
  readonly promise: Promise_<T>;
  readonly resolve: Resolve<T>;
  readonly reject: Reject;
}

function capabilityOf<T>(of: PromiseMaker): Capability<T> {
  let resolve: Resolve<T> | undefined;
  let reject: Reject | undefined;
  const promise = new of<T>((yes, no) => {
    resolve = yes;
    reject = no;
  }) as Promise_<T>;
  if (typeof resolve !== 'function' || typeof reject !== 'function') throw new TypeError('not a constructor of promises');
  return { promise, resolve, reject };
}

type PromiseMaker = new <T>(executor: (resolve: Resolve<T>, reject: Reject) => void) => PromiseLike<T>;

/** Of a promise what code must not see. */
let isPromise: (value: unknown) => value is Promise_<unknown>;
let tellIfUnhandled: (promise: Promise_<unknown>) => void;
let react: <T>(promise: Promise_<T>, kept: (value: T) => void, broken: (reason: unknown) => void) => void;

class Promise_<T> implements PromiseLike<T> {
  static {
    isPromise = (value): value is Promise_<unknown> => typeof value === 'object' && value !== null && #state in value;
    tellIfUnhandled = (promise) => promise.#tellIfUnhandled();
    react = (promise, kept, broken) => promise.#react(kept, broken, { value: carrying.value });
  }
  declare readonly [Symbol.toStringTag]: string;
  #handled = false;
  #state: 'pending' | 'kept' | 'broken' = 'pending';
  #value: unknown;
  #reactions: Reaction[] = [];
  readonly #carrying: Carrying = { value: carrying.value };

  constructor(executor: (resolve: Resolve<T>, reject: Reject) => void) {
    if (typeof executor !== 'function') throw new TypeError(`Promise resolver ${String(executor)} is not a function`);
    const { resolve, reject } = this.#resolvers();
    try {
      executor(resolve, reject);
    } catch (error) {
      reject(error);
    }
  }

  #tellIfUnhandled(): void {
    if (this.#handled) return;
    const outer = carrying;
    carrying = this.#carrying;
    try {
      if (!tellStray) throw this.#value;
      tellStray(this.#value, this);
    } finally {
      carrying = outer;
    }
  }

  /** CreateResolvingFunctions. */
  #resolvers(): { resolve: Resolve<T>; reject: Reject } {
    let done = false;
    const reject = (reason?: unknown) => {
      if (done) return;
      done = true;
      this.#settle('broken', reason);
    };
    const resolve = (value: T | PromiseLike<T>) => {
      if (done) return;
      done = true;
      if ((value as unknown) === this) {
        this.#settle('broken', new TypeError('Chaining cycle detected for promise #<Promise>'));
        return;
      }
      if ((typeof value !== 'object' || value === null) && typeof value !== 'function') {
        this.#settle('kept', value);
        return;
      }
      let then: unknown;
      try {
        ({ then } = value as PromiseLike<T>);
      } catch (error) {
        this.#settle('broken', error);
        return;
      }
      if (typeof then !== 'function') {
        this.#settle('kept', value);
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

  #settle(state: 'kept' | 'broken', value: unknown): void {
    this.#state = state;
    this.#value = value;
    const reactions = this.#reactions;
    this.#reactions = [];
    if (state === 'broken' && !this.#handled) unhandled.push(this as Promise_<unknown>);
    for (const reaction of reactions) (state === 'kept' ? reaction.kept : reaction.broken)();
  }

  /** PerformPromiseThen; the jobs are of the promise that `then` returns. */
  #react(kept: (value: T) => void, broken: (reason: unknown) => void, of: Carrying): void {
    const job = (task: (value: never) => void) => () => enqueue(() => task(this.#value as never), of);
    const reaction = { kept: job(kept), broken: job(broken) };
    this.#handled = true;
    if (this.#state === 'pending') this.#reactions.push(reaction);
    else (this.#state === 'kept' ? reaction.kept : reaction.broken)();
  }

  then<A = T, B = never>(
    kept?: ((value: T) => A | PromiseLike<A>) | null,
    broken?: ((reason: unknown) => B | PromiseLike<B>) | null,
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
      reacted(kept, (value) => resolve(value as unknown as A)),
      reacted(broken, reject),
      isPromise(promise) ? promise.#carrying : { value: carrying.value },
    );
    return promise;
  }

  catch<B = never>(broken?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise_<T | B> {
    return this.then(undefined, broken);
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
    return promise;
  }

  static withResolvers<V>(this: PromiseMaker): Capability<V> {
    return capabilityOf<V>(this);
  }

  static all<V>(this: PromiseMaker, values: Iterable<V | PromiseLike<V>>): Promise_<V[]> {
    return gathered<V, V[]>(this, values, ({ resolve, reject }, next) => {
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

  static allSettled<V>(
    this: PromiseMaker,
    values: Iterable<V | PromiseLike<V>>,
  ): Promise_<PromiseSettledResult<V>[]> {
    return gathered<V, PromiseSettledResult<V>[]>(this, values, ({ resolve }, next) => {
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

  static any<V>(this: PromiseMaker, values: Iterable<V | PromiseLike<V>>): Promise_<V> {
    return gathered<V, V>(this, values, ({ resolve, reject }, next) => {
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

  static race<V>(this: PromiseMaker, values: Iterable<V | PromiseLike<V>>): Promise_<V> {
    return gathered<V, V>(this, values, ({ resolve, reject }, next) => {
      next((promise) => {
        promise.then(resolve, reject);
      });
    });
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
  return promise;
}

/** SpeciesConstructor. */
function makerOf(promise: Promise_<unknown>): PromiseMaker {
  const own = promise.constructor as unknown as { [Symbol.species]?: PromiseMaker } | undefined;
  return own?.[Symbol.species] ?? (Promise_ as unknown as PromiseMaker);
}

/** What `all` and its relatives share: each value is made a promise by the constructor's own `resolve`. */
function gathered<V, R>(
  of: PromiseMaker,
  values: Iterable<V | PromiseLike<V>>,
  gather: (capability: Capability<R>, next: (use: (promise: PromiseLike<V>, at: number) => void) => void) => void,
): Promise_<R> {
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

/**
 * What an `async` function is turned into: runs the generator, whose `yield` is the `await`. The function's promise is
 * made by the built-in constructor whatever the code has put in its place, and `await` takes one job of a promise.
 */
export function asynchronous(generator: (...args: unknown[]) => Generator<unknown, unknown, unknown>) {
  return function (this: unknown, ...args: unknown[]): Promise_<unknown> {
    const { promise, resolve, reject } = capabilityOf<unknown>(Promise_ as unknown as PromiseMaker);
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
      let awaited: Promise_<unknown>;
      try {
        awaited = resolved(Promise_ as unknown as PromiseMaker, result.value);
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

export { Promise_ as Promise };
