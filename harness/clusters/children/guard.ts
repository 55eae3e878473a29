/** The harness's end of the pipe to the watchdog. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { entry } from '../../entry.ts';
import { minimalEnvironment } from './environment.ts';
import { newMark } from './marks.ts';
import { spawned } from './start.ts';

/** What must not outlive the harness: process groups by their leaders' ids, what has the mark, temporary folders. */
export interface Guard {
  /** What children of the run carry in their environment. */
  readonly mark: string;
  watch(pid: number): void;
  forget(pid: number): void;
  /** To be called before the folder is made. */
  remove(folder: string): void;
  /** Lets the watchdog do what is left to do, and waits for its end. */
  end(): Promise<void>;
}

/**
 * Starts a watchdog, and another one where that is killed. It does not keep the harness from ending. Throws
 * `HarnessFailure` where there is no process for it.
 */
export function startGuard(): Guard {
  const mark = newMark();
  const groups = new Set<number>();
  const folders = new Set<string>();
  let isEnding = false;
  let watchdog = start();

  function start() {
    const begun = spawnWatchdog();
    begun.on('exit', (code, signal) => {
      if (isEnding) return;
      const how = `the watchdog was ended (${signal ?? `code ${code}`})`;
      try {
        watchdog = start();
      } catch (error) {
        process.emitWarning(`${how}: ${(error as Error).message}`);
        return;
      }
      process.emitWarning(`${how}: another one watches now`);
      for (const pid of groups) tell(`+ ${pid}`);
      for (const folder of folders) tell(`folder ${folder}`);
    });
    begun.stdin.write(`mark ${mark}\n`);
    return begun;
  }
  const tell = (line: string) => watchdog.stdin.write(`${line}\n`);
  return {
    mark,
    watch(pid) {
      groups.add(pid);
      tell(`+ ${pid}`);
    },
    forget(pid) {
      groups.delete(pid);
      tell(`- ${pid}`);
    },
    remove(folder) {
      folders.add(folder);
      tell(`folder ${folder}`);
    },
    async end() {
      isEnding = true;
      watchdog.ref();
      watchdog.stdin.end('end\n');
      if (watchdog.exitCode === null && watchdog.signalCode === null) await once(watchdog, 'exit');
    },
  };
}

function spawnWatchdog(): ChildProcess & { readonly stdin: Socket } {
  const watchdog = spawned('the watchdog', process.execPath, [fileURLToPath(entry('watchdog'))], {
    detached: true,
    env: minimalEnvironment(),
    stdio: ['pipe', 'ignore', 'ignore'],
  }) as ChildProcess & { readonly stdin: Socket };
  watchdog.unref();
  watchdog.stdin.unref();
  // Where the watchdog is gone, children still end when their line closes.
  watchdog.stdin.on('error', () => {});
  return watchdog;
}
