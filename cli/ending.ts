/**
 * How the process ends: by a code of the table and in words, whatever happens. Nothing else may end it: an exception
 * that nobody caught, in our code or a user's module, a module that calls process.exit or never finishes loading, a
 * device that is full, and handles that a module left open would each end it with a code that means something else, or
 * not at all. A closed pipe ends nothing: the command continues, and its code is the verdict's.
 */
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { newDoing, shareDoing } from '../harness/doing.ts';
import { entry } from '../harness/entry.ts';
import { BadInput, HarnessFailure } from '../harness/failure.ts';
import { whenModuleLoads } from '../harness/setting/load-module.ts';
import { typed } from './called.ts';
import { EXIT, UsageError, worstExit } from './exit.ts';
import { guardOutput, harmless } from './harmless.ts';

/** The code that the process is ending with; before that, nobody has said that it may. */
let ending: number | undefined;
const debug = process.argv.includes('--debug');
/** Whether standard output took not all that was written to it. */
let isOutputLost = false;
/** After its output a command waits so long for what is still open to close by itself. */
const GRACE_MS = 500;

/** Runs the command line and ends the process with what it returns, or with the code of its error. */
export async function endWith(command: () => Promise<number>): Promise<void> {
  guardOutput(process.stdout);
  guardOutput(process.stderr);
  process.removeAllListeners('warning');
  process.on('warning', ({ message }) => process.stderr.write(`note: ${message}\n`));
  process.on('uncaughtException', endAtOnce);
  process.on('unhandledRejection', endAtOnce);
  process.on('exit', explain);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isOutputLost) return;
    isOutputLost = true;
    say(`error: standard output cannot be written: ${error.message}`);
  });
  process.stderr.on('error', () => {});
  whenModuleLoads(watchThisThread);
  let code: number;
  try {
    code = await command();
  } catch (error) {
    code = told(error);
  }
  ending = code;
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  if (isOutputLost) code = worstExit([code, EXIT.failed]);
  ending = code;
  process.exitCode = code;
  // Where nothing is open the process ends before that by itself.
  setTimeout(() => {
    // What is left where no module was loaded is of a library that tries to reach a server that is gone.
    if (watcher) say(`note: ended with ${openText()} still open, which a module must have left`);
    process.exit(code);
  }, GRACE_MS).unref();
}

/** Says what went wrong, on one line but where the end of a node's log is shown, and returns the exit code. */
function told(error: unknown): number {
  const text = textOf(error);
  const shown = error instanceof HarnessFailure ? text : text.replace(/\s*\n\s*/g, ' ');
  const stack = debug && error instanceof Error && error.stack ? error.stack : shown;
  say(typed(`error: ${stack}${remedyOf(error)}`));
  return error instanceof UsageError || error instanceof BadInput ? EXIT.usage : EXIT.failed;
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return 'something was thrown that cannot be shown';
  }
}

function remedyOf(error: unknown): string {
  const { code } = (typeof error === 'object' ? (error ?? {}) : {}) as { code?: unknown };
  return code === 'EMFILE' || code === 'ENFILE' ? ' (raise the limit of open files: ulimit -n 1024)' : '';
}

/** To the descriptor itself: what is only queued would be lost when the process ends. */
function say(line: string): void {
  try {
    writeSync(2, `${harmless(line)}\n`);
  } catch {
    // Nobody can be told.
  }
}

/** Nobody caught it, so nothing can be said of what else was under way. */
function endAtOnce(error: unknown): void {
  if (ending !== undefined) return;
  ending = told(error) === EXIT.usage ? EXIT.usage : EXIT.failed;
  process.exit(ending);
}

/** The last word on the code, whoever called process.exit or assigned process.exitCode. */
function explain(code: number): void {
  if (ending === undefined) {
    say(
      code === 13
        ? 'error: a module never finished loading: its top-level await waits for what cannot come'
        : `error: the process was ended with code ${code} before the command was over: a module called process.exit`,
    );
  }
  process.exitCode = ending ?? EXIT.failed;
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write('', () => resolve());
  });
}

/** What keeps the process from ending: `2 timers and a child process`. */
function openText(): string {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  // Standard output and error themselves are no leftovers.
  for (const { _type } of [process.stdout, process.stderr] as readonly { readonly _type?: string }[]) {
    const own = _type === 'tty' ? 'TTYWrap' : 'PipeWrap';
    counts.set(own, (counts.get(own) ?? 0) - 1);
  }
  const left = [...counts].filter(([, count]) => count > 0);
  const named = left.map(([kind, count]) => `${count} ${HANDLES[kind] ?? kind}`);
  return named.length > 0 ? named.join(', ') : 'something';
}

const HANDLES: Readonly<Record<string, string>> = {
  Timeout: 'timer (setTimeout or setInterval)',
  Immediate: 'immediate',
  TCPSocketWrap: 'TCP connection',
  TCPServerWrap: 'TCP server',
  PipeWrap: 'pipe',
  ProcessWrap: 'child process',
  MessagePort: 'message port',
  FSEventWrap: 'watched file',
};

let watcher: Worker | undefined;

/** A user's code may never return to this thread: from now on another one looks at it. */
function watchThisThread(): void {
  if (watcher) return;
  const doing = newDoing();
  shareDoing(doing, true);
  watcher = new Worker(entry('watcher'), { workerData: doing });
  watcher.unref();
}
