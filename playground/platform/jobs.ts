/** The jobs of promises, and what each carries: see promise.ts. */

/**
 * What a job runs on behalf of, with the value that it carries. As in Node.js 20 that is a promise: it takes over what
 * is carried where it is made, and `enterWith` changes what it carries from then on.
 */
export interface Carrying {
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

/** What is run later, and on behalf of what. */
export interface Job {
  readonly of: Carrying;
  run(): void;
}

let queue: Job[] = [];
let draining = false;
/** Outside of simulated runs the event loop drains, as with native promises. */
let turnAsked = false;
/** What tells of promises that were rejected while nothing handled them, if nothing does by then. */
let rejections: (() => void)[] = [];
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

/** Appends a job. */
export function enqueue(job: Job): void {
  queue.push(job);
  if (draining || turnAsked) return;
  turnAsked = true;
  nativeThen.call(nativeDone, () => {
    turnAsked = false;
    drainJobs();
  });
}

const nativeDone = globalThis.Promise.resolve();
const nativeThen = globalThis.Promise.prototype.then;

/**
 * Runs all jobs that are due, and those that they add, then tells of rejections that nobody handles: until neither
 * leaves any, as Node.js does, since whoever is told may do something about it.
 */
export function drainJobs(): void {
  // A job that drains would run what is due after it before its own rest; native microtasks do not nest either.
  if (draining) return;
  do {
    runJobs();
    tellUnhandled();
  } while (queue.length > 0);
}

function runJobs(): void {
  const outer = carrying;
  draining = true;
  try {
    for (let at = 0; at < queue.length; at++) {
      const job = queue[at]!;
      carrying = job.of;
      try {
        job.run();
      } catch (error) {
        report(error, tellError);
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
}

function tellUnhandled(): void {
  while (rejections.length > 0) {
    const due = rejections;
    rejections = [];
    for (const tell of due) tell();
  }
}

/** Once no job is due any more, `isHandled` is asked, and whoever listens is told of the error. */
export function trackRejection(of: object, error: unknown, on: Carrying, isHandled: () => boolean): void {
  rejections.push(() => {
    if (isHandled()) return;
    const outer = carrying;
    carrying = on;
    report(error, tellStray && ((stray) => tellStray?.(stray, of)));
    carrying = outer;
  });
}

/** What something that is made now carries. */
export function newCarrying(): Carrying {
  return { value: carrying.value };
}

/** Tells who listens, else the page, as of an error that no code caught; whatever is due after it runs all the same. */
function report(error: unknown, tell: ((error: unknown) => void) | undefined): void {
  if (tell) tell(error);
  else reportError(error);
}
