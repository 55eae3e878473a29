/**
 * Promises that carry what they were begun because of, and whose jobs run when the simulation says so. A page has
 * neither `AsyncLocalStorage` nor a way to run microtasks at once; so the build turns `async` functions into
 * generators (playground/lowering.mjs), and these promises run them. Jobs are counted as ECMAScript counts them
 * (sections 27.2.1 and 27.2.2 of ECMA-262): code of a node runs in the same order as with native promises.
 */
import { capabilityOf, type PromiseMaker, type Reject, type Resolve } from './capability.ts';
import { all, allSettled, any, race } from './combinators.ts';
import { type Carrying, enqueue, type Job, newCarrying, trackRejection } from './jobs.ts';

const NOBODY: Carrying = { value: undefined };

/** What is done about a promise: a job once that has settled. */
export abstract class Reaction implements Job {
  of: Carrying = NOBODY;
  private isFulfilled = false;
  private value: unknown;

  abstract fulfilled(value: unknown): void;
  abstract rejected(reason: unknown): void;

  due(isFulfilled: boolean, value: unknown): void {
    this.isFulfilled = isFulfilled;
    this.value = value;
    enqueue(this);
  }

  run(): void {
    const { value } = this;
    this.value = undefined;
    if (this.isFulfilled) this.fulfilled(value);
    else this.rejected(value);
  }
}

/** Of a promise what code must not see. */
let isPromise: (value: unknown) => value is Promise_<unknown>;
let carryingOf: (promise: Promise_<unknown>) => Carrying;
/** PerformPromiseThen. */
let react: (promise: Promise_<unknown>, reaction: Reaction, of: Carrying) => void;
/** What the resolving functions of a promise do that has none: called once. */
let resolvePending: <T>(promise: Promise_<T>, value: T | PromiseLike<T>) => void;
let rejectPending: <T>(promise: Promise_<T>, reason: unknown) => void;

/** In the place of an executor: the promise stays as it is. */
const nothing = (): void => {};

class Promise_<T> implements PromiseLike<T> {
  static {
    isPromise = (value): value is Promise_<unknown> => typeof value === 'object' && value !== null && #state in value;
    carryingOf = (promise) => promise.#carrying;
    react = (promise, reaction, of) => promise.#react(reaction, of);
    resolvePending = (promise, value) => promise.#resolve(value);
    rejectPending = (promise, reason) => promise.#settle('rejected', reason);
  }
  declare readonly [Symbol.toStringTag]: string;
  #handled = false;
  #state: 'pending' | 'fulfilled' | 'rejected' = 'pending';
  #value: unknown;
  #reactions: Reaction[] | undefined;
  readonly #carrying: Carrying = newCarrying();

  constructor(executor: (resolve: Resolve<T>, reject: Reject) => void) {
    if (executor === nothing) return;
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
      this.#resolve(value);
    };
    return { resolve, reject };
  }

  #resolve(value: T | PromiseLike<T>): void {
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
    const run = () => {
      const follow = this.#resolvers();
      try {
        then.call(value, follow.resolve, follow.reject);
      } catch (error) {
        follow.reject(error);
      }
    };
    enqueue({ of: this.#carrying, run });
  }

  #settle(state: 'fulfilled' | 'rejected', value: unknown): void {
    this.#state = state;
    this.#value = value;
    const reactions = this.#reactions;
    this.#reactions = undefined;
    if (state === 'rejected' && !this.#handled) trackRejection(this, value, this.#carrying, () => this.#handled);
    if (reactions) for (const reaction of reactions) reaction.due(state === 'fulfilled', value);
  }

  #react(reaction: Reaction, of: Carrying): void {
    reaction.of = of;
    this.#handled = true;
    if (this.#state !== 'pending') reaction.due(this.#state === 'fulfilled', this.#value);
    else if (this.#reactions) this.#reactions.push(reaction);
    else this.#reactions = [reaction];
  }

  /** The jobs are of the promise that it returns. */
  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise_<A | B> {
    const of = makerOf(this as Promise_<unknown>);
    if (of === (Promise_ as unknown)) {
      const promise = pending<A | B>();
      const take = (value: A | B | PromiseLike<A | B>) => resolvePending(promise, value);
      const reaction = new Handlers(fulfilled, rejected, take, (reason) => rejectPending(promise, reason));
      this.#react(reaction, promise.#carrying);
      return promise;
    }
    const { promise, resolve, reject } = capabilityOf<A | B>(of);
    const reaction = new Handlers(fulfilled, rejected, resolve, reject);
    this.#react(reaction, isPromise(promise) ? carryingOf(promise) : newCarrying());
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

/** What `then` was given, with the resolving functions of the promise that it returned. */
class Handlers<T, R> extends Reaction {
  private readonly onFulfilled: ((value: T) => R | PromiseLike<R>) | null | undefined;
  private readonly onRejected: ((reason: unknown) => R | PromiseLike<R>) | null | undefined;
  private readonly take: Resolve<R>;
  private readonly refuse: Reject;

  constructor(
    onFulfilled: ((value: T) => R | PromiseLike<R>) | null | undefined,
    onRejected: ((reason: unknown) => R | PromiseLike<R>) | null | undefined,
    take: Resolve<R>,
    refuse: Reject,
  ) {
    super();
    this.onFulfilled = onFulfilled;
    this.onRejected = onRejected;
    this.take = take;
    this.refuse = refuse;
  }

  fulfilled(value: T): void {
    if (typeof this.onFulfilled === 'function') this.handle(this.onFulfilled, value);
    else this.take(value as unknown as R);
  }

  rejected(reason: unknown): void {
    if (typeof this.onRejected === 'function') this.handle(this.onRejected, reason);
    else this.refuse(reason);
  }

  private handle<V>(handler: (value: V) => R | PromiseLike<R>, value: V): void {
    let result: R | PromiseLike<R>;
    try {
      result = handler(value);
    } catch (error) {
      this.refuse(error);
      return;
    }
    this.take(result);
  }
}

/** A promise without resolving functions: for `resolvePending` and `rejectPending`, one of which is called once. */
function pending<T>(): Promise_<T> {
  return new Promise_<T>(nothing);
}

/** PromiseResolve: a promise of this constructor as it is, anything else in a new one. */
function resolved<V>(of: PromiseMaker, value: V | PromiseLike<V>): Promise_<V> {
  if (isPromise(value) && (value.constructor as unknown) === of) return value as Promise_<V>;
  if (of === (Promise_ as unknown)) {
    const promise = pending<V>();
    resolvePending(promise, value);
    return promise;
  }
  const { promise, resolve } = capabilityOf<V>(of);
  resolve(value);
  return promise as Promise_<V>;
}

/** SpeciesConstructor. */
function makerOf(promise: Promise_<unknown>): PromiseMaker {
  const own = promise.constructor as unknown as { [Symbol.species]?: PromiseMaker } | undefined;
  return own?.[Symbol.species] ?? (Promise_ as unknown as PromiseMaker);
}

export { Promise_ as Promise, pending, react, rejectPending, resolved, resolvePending };
