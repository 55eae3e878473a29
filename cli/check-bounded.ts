/** `check` in a thread of its own, which can be ended from outside, in whatever it is. */
import { Worker } from 'node:worker_threads';
import type { Checked } from '../harness/checking/check-source.ts';
import { entry } from '../harness/entry.ts';
import { type RunOptions, type Told, toldOf } from './check-run.ts';
import { EXIT, UsageError, worstExit } from './exit.ts';

/** What judging may cost. */
export interface Bounds {
  /** In milliseconds. */
  readonly maxTime?: number;
  /** In megabytes, of the whole process. */
  readonly maxMemory?: number;
}

/** What the thread is given. */
export interface Task {
  readonly named: readonly string[];
  readonly options: RunOptions;
}

/** What it says. */
export type Message =
  | { readonly out: string }
  | { readonly err: string }
  | { readonly began: string; readonly left: number }
  | { readonly ended: number }
  | { readonly code: number }
  | { readonly usage: string };

/** How often the memory is looked at, in milliseconds. */
const LOOK = 50;

/**
 * The same as `runCheck`; a history that costs more than its
 * bound is unknown, or in error where the memory was too small.
 */
export function checkBounded(named: readonly string[], options: RunOptions & Bounds, told: Told): Promise<number> {
  const { maxTime, maxMemory, ...rest } = options;
  const worker = new Worker(entry('check-worker'), {
    workerData: { named, options: rest } satisfies Task,
    stdin: named.includes('-'),
    ...(maxMemory === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxMemory } }),
  });
  if (worker.stdin) process.stdin.pipe(worker.stdin);
  const codes: number[] = [];
  let [current, left] = ['the files', 0];
  return new Promise((resolve, reject) => {
    const clocks = [
      maxTime === undefined ? undefined : setTimeout(() => stop(late(current, options)), maxTime),
      maxMemory === undefined ? undefined : setInterval(look, LOOK),
    ];
    worker.on('message', (message: Message) => {
      if ('out' in message) told.out(message.out);
      else if ('err' in message) told.err(message.err);
      else if ('began' in message) {
        current = message.began;
        left = message.left;
        told.began(current, left);
      } else if ('ended' in message) {
        codes.push(message.ended);
        told.ended(message.ended);
      } else if ('usage' in message) end(() => reject(new UsageError(message.usage)));
      else end(() => resolve(message.code));
    });
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') stop(large(current, options));
      else end(() => reject(error));
    });

    function look(): void {
      if (process.memoryUsage.rss() > (maxMemory ?? 0) * 1e6) stop(large(current, options));
    }

    function stop(checked: Checked): void {
      told.ended(EXIT.unknown);
      told.out(toldOf(checked, options));
      if (left > 0) told.err(`${left} more ${left === 1 ? 'history was' : 'histories were'} not judged\n`);
      end(() => resolve(worstExit([...codes, 'error' in checked ? EXIT.failed : EXIT.unknown])));
    }

    function end(then: () => void): void {
      for (const clock of clocks) clearTimeout(clock);
      if (worker.stdin) process.stdin.unpipe().destroy();
      worker.removeAllListeners();
      worker.on('error', () => {});
      void worker.terminate().then(then);
    }
  });
}

function late(file: string, { type = 'not told', models = ['not told'], maxTime }: RunOptions & Bounds): Checked {
  const reason = `the ${maxTime} ms of --max-time are over`;
  const nothing = { models: {}, strongest: [], anomalies: [], count: 0, notes: [] };
  return { file, type, model: models.join(','), valid: 'unknown', reason, ms: maxTime ?? 0, ...nothing };
}

function large(file: string, { maxMemory }: Bounds): Checked {
  return { file, error: `reading and judging it takes more than the ${maxMemory} MB of --max-memory` };
}
