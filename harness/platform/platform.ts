/**
 * What the simulation needs of the platform that it runs on, beside the language itself. Node.js is one such platform
 * (node.ts); a web page is another (playground/platform), whose build puts its own in the place of Node.js's. Whatever
 * runs in the simulation runs on both, and makes the same history.
 */

// biome-ignore lint/suspicious/noExplicitAny: the functions of a whole runtime have nothing in common
export type Anything = any;

/** A function of the platform that is put in the place of another while a simulated run lasts. */
export type Fence = readonly [where: Anything, name: string, fence: unknown];

/** Carries a value along through every `await` and `then`. `AsyncLocalStorage` of Node.js has this shape. */
export interface Carrier<T> {
  /** Runs the task, and all that it awaits, with this value. */
  run<R>(value: T, task: () => R): R;
  /** The value that the running code was started with. */
  getStore(): T | undefined;
  /** From here on the running code, up to and beyond its next `await`, has this value. */
  enterWith(value: T): void;
}

/** A carrier of what runs in drains alone, where nothing but promises makes code run later. */
export interface DrainedCarrier<T> extends Carrier<T> {
  /** Before the first drain of a run. What promises of other runs carried is nothing to it. */
  begin(): void;
  /** Runs the task with the value that this promise was made with: who hears of its rejection is not run by it. */
  madeWith<R>(promise: unknown, task: () => R): R;
}

/** Makes fences of functions; see harness/clusters/simulation/fenced-globals.ts. */
export interface FenceMakers {
  fenced(what: string, instead: string, original: Anything, answer: Anything): Anything;
  chanceOf(what: string, original: Anything, answer: Anything): Anything;
  deferred(original: Anything): Anything;
  refused(what: string, instead: string, original: Anything): Anything;
  /** A timer as a promise. */
  promised(name: string, original: Anything): Anything;
  cleared(original: Anything): Anything;
  timer(name: string, original: Anything, repeats: boolean): Anything;
}

/** How an error came to nobody's attention. */
export type StrayEvent = 'unhandledRejection' | 'uncaughtException';

export interface Platform {
  readonly Carrier: new <T>() => Carrier<T>;
  /** What carries at less cost while all is run in drains; undefined where there is no such thing. */
  readonly DrainedCarrier: (new <T>() => DrainedCarrier<T>) | undefined;
  /**
   * Runs all jobs of promises that are due, and reports rejections that nobody handles, before it returns; undefined
   * where the platform cannot.
   */
  readonly drain: (() => void) | undefined;
  /** Runs the task in a turn of its own of the event loop. */
  nextTurn(task: () => void): void;
  /** The line that a console would write. */
  format(...values: readonly unknown[]): string;
  /**
   * From now on `tell` hears of errors that nobody handled, in the place of those who listened until then, who are
   * handed along, until the function that is returned is called.
   */
  listenForStrays(tell: StrayListener): () => void;
  /** What only this platform has and no replica may find. */
  fences(makers: FenceMakers): readonly Fence[];
  /** What the timer's own promise is stored under, if the platform has such promises. */
  readonly promisified: symbol | undefined;
  /** Modules of the platform that no replica may use, on whatever its design is built: wrapped once in each thread. */
  refuseModules(refused: FenceMakers['refused']): void;
  /** Makes what was changed in modules of the platform known to those who import their names. */
  syncModules(): void;
}

/** Tells those who would have heard of an error that nobody handled; throws it where there are none. */
export function passOn(error: unknown, of: unknown, others: Parameters<StrayListener>[3]): void {
  if (others.length === 0) throw error;
  for (const listener of others) listener(error, of);
}

/** Hears of an error that nobody handled, and who would have heard of it otherwise. */
export type StrayListener = (
  event: StrayEvent,
  error: unknown,
  of: unknown,
  others: readonly ((error: unknown, of: unknown) => void)[],
) => void;
