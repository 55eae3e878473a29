/** How promises are made: of a subclass by its own constructor (NewPromiseCapability of ECMA-262). */

export type Resolve<T> = (value: T | PromiseLike<T>) => void;
export type Reject = (reason?: unknown) => void;
export interface Capability<T> {
  readonly promise: PromiseLike<T>;
  readonly resolve: Resolve<T>;
  readonly reject: Reject;
}

export function capabilityOf<T>(of: PromiseMaker): Capability<T> {
  let resolve: Resolve<T> | undefined;
  let reject: Reject | undefined;
  const promise = new of<T>((yes, no) => {
    resolve = yes;
    reject = no;
  }) as PromiseLike<T>;
  if (typeof resolve !== 'function' || typeof reject !== 'function')
    throw new TypeError('not a constructor of promises');
  return { promise, resolve, reject };
}

export type PromiseMaker = new <T>(executor: (resolve: Resolve<T>, reject: Reject) => void) => PromiseLike<T>;
