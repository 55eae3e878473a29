import { promiseHooks } from 'node:v8';
import type { DrainedCarrier } from './platform.ts';

/**
 * Carries a value through promises alone, as `AsyncLocalStorage` does, which before Node.js 24 numbers every promise
 * as well, and thereby makes a simulated run of many promises take about twice as long.
 *
 * @see https://nodejs.org/docs/latest-v20.x/api/v8.html#promise-hooks
 */
export class PromiseCarrier<T> implements DrainedCarrier<T> {
  private readonly key = Symbol('carried');
  /** Where no promise's job runs. */
  private readonly outside: Carrying<T> = { [this.key]: undefined };
  private readonly outer: Carrying<T>[] = [];
  /** The promise whose job runs. */
  private current = this.outside;
  private hooked = false;

  begin(): void {
    this.outer.length = 0;
    this.current = this.outside;
    this.outside[this.key] = undefined;
    if (this.hooked) return;
    // Once in a thread: to unhook and hook again would take longer than a small run.
    this.hooked = true;
    const { key } = this;
    promiseHooks.createHook({
      init: (promise) => {
        carryingOf<T>(promise)[key] = this.current[key];
      },
      before: (promise) => {
        this.outer.push(this.current);
        this.current = carryingOf(promise);
      },
      after: () => {
        this.current = this.outer.pop() ?? this.outside;
      },
    });
  }

  run<R>(value: T, task: () => R): R {
    return this.within(this.current, value, task);
  }

  getStore(): T | undefined {
    return this.current[this.key];
  }

  enterWith(value: T): void {
    this.current[this.key] = value;
  }

  madeWith<R>(promise: unknown, task: () => R): R {
    return promise instanceof Promise ? this.within(this.current, carryingOf<T>(promise)[this.key], task) : task();
  }

  private within<R>(where: Carrying<T>, value: T | undefined, task: () => R): R {
    const { key } = this;
    const before = where[key];
    where[key] = value;
    try {
      return task();
    } finally {
      where[key] = before;
    }
  }
}

type Carrying<T> = { [key: symbol]: T | undefined };

function carryingOf<T>(promise: Promise<unknown>): Carrying<T> {
  return promise as unknown as Carrying<T>;
}
