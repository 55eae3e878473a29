/** The harness's end of the pipe to the watchdog. */
import { once } from 'node:events';
import { execa } from 'execa';
import { compiled, minimalEnvironment } from './compiled.ts';

/** What must not outlive the harness: process groups by their leaders' ids, and temporary folders. */
export interface Guard {
  watch(pid: number): void;
  forget(pid: number): void;
  remove(folder: string): void;
  /** Lets the watchdog do what is left to do, and waits for its end. */
  end(): Promise<void>;
}

/** Starts a watchdog. It does not keep the harness from ending. */
export function startGuard(): Guard {
  const watchdog = execa(process.execPath, [compiled('watchdog')], {
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
  const { stdin } = watchdog;
  watchdog.unref();
  (stdin as unknown as { unref(): void }).unref();
  // Where the watchdog is gone, children still end when their line closes.
  stdin.on('error', () => {});
  return {
    watch: (pid) => stdin.write(`+ ${pid}\n`),
    forget: (pid) => stdin.write(`- ${pid}\n`),
    remove: (folder) => stdin.write(`folder ${folder}\n`),
    async end() {
      watchdog.ref();
      stdin.end();
      if (watchdog.exitCode === null && watchdog.signalCode === null) await once(watchdog, 'exit');
    },
  };
}
