/** Starts a child in a process group of its own, with its output in its node's log, and says how it ended. */
import { closeSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { execa } from 'execa';
import { HarnessFailure } from '../../failure.ts';
import { type ChildSetting, SETTING_VARIABLE } from '../processes/protocol.ts';
import { compiled, minimalEnvironment } from './compiled.ts';
import { childrenBelow, RUN_VARIABLE } from './process-tree.ts';

export interface Child {
  readonly pid: number;
  /** How it ended, in words: `exit code 3`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /**
   * Sends a signal to the child and whatever it started, SIGKILL also to those that
   * went into groups of their own; whether there was anybody to hear it.
   */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): boolean;
}

/** Throws `HarnessFailure` where the operating system gives no process or no file. */
export function launch(setting: ChildSetting, logFile: string, mark: string): Child {
  const log = openLog(logFile, setting);
  const child = execa(process.execPath, [compiled('child')], {
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    env: { ...minimalEnvironment(), [RUN_VARIABLE]: mark, [SETTING_VARIABLE]: JSON.stringify(setting) },
    extendEnv: false,
    stdin: 'ignore',
    stdout: log,
    stderr: log,
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new HarnessFailure(`no process could be started for ${setting.id}`);
  const ended = child.then((result) => result.signal ?? `exit code ${result.exitCode ?? 'unknown'}`);
  return { pid, ended, signal: (name) => signalAll(pid, name) };
}

/**
 * The child writes to the file itself, so that nothing is lost whoever
 * dies. The type is execa's, which names only small descriptors.
 */
function openLog(file: string, { id, life }: ChildSetting): 3 {
  try {
    const log = openSync(file, 'a');
    writeSync(log, `splitbrain: life ${life + 1} of ${id}\n`);
    return log as 3;
  } catch (error) {
    throw new HarnessFailure(`the log of ${id} cannot be written: ${(error as Error).message}`);
  }
}

function signalAll(pid: number, name: NodeJS.Signals): boolean {
  // Looked for first: orphans no longer tell whose they were.
  const others = name === 'SIGKILL' ? childrenBelow(pid) : [];
  const heard = signalGroup(pid, name);
  for (const other of others) {
    try {
      process.kill(other, name);
    } catch {
      // It has ended with the group.
    }
  }
  return heard;
}

function signalGroup(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether the operating system shows the process as stopped; where
 * it cannot be asked (no /proc), the signal's word is taken for it.
 */
export function isStopped(pid: number): boolean {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return process.platform !== 'linux';
  }
  // The name before the state is in brackets and may hold anything.
  return stat.charAt(stat.lastIndexOf(')') + 2) === 'T';
}

/** The last bytes of a log, from the start of a line. */
export function tailOf(file: string, bytes: number): string {
  let log: number | undefined;
  try {
    const { size } = statSync(file);
    log = openSync(file, 'r');
    const from = Math.max(0, size - bytes);
    const buffer = Buffer.alloc(size - from);
    const text = buffer.subarray(0, readSync(log, buffer, 0, buffer.length, from)).toString();
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } catch {
    return '';
  } finally {
    if (log !== undefined) closeSync(log);
  }
}
