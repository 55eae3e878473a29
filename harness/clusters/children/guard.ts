/** The harness's end of the pipe to the watchdog. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { entry } from '../../entry.ts';
import { minimalEnvironment } from './environment.ts';
import { newMark } from './marks.ts';

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

/** Starts a watchdog, and another one where that is killed. It does not keep the harness from ending. */
export function startGuard(): Guard {
  const mark = newMark();
  const groups = new Set<number>();
  const folders = new Set<string>();
  let isEnding = false;
  let watchdog = start();

  function start() {
    const begun = spawnWatchdog();
    void begun.then((ended) => {
      if (isEnding) return;
      process.emitWarning(
        `the watchdog was ended (${ended.signal ?? `code ${ended.exitCode}`}): another one watches now`,
      );
      watchdog = start();
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

function spawnWatchdog() {
  const watchdog = execa(process.execPath, [fileURLToPath(entry('watchdog'))], {
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    env: minimalEnvironment(),
    extendEnv: false,
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
  });
  watchdog.unref();
  (watchdog.stdin as unknown as { unref(): void }).unref();
  // Where the watchdog is gone, children still end when their line closes.
  watchdog.stdin.on('error', () => {});
  return watchdog;
}
