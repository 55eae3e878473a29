/** Starts a process in a group of its own, with what it says of itself in a log. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { HarnessFailure } from '../../failure.ts';
import { childrenBelow, RUN_VARIABLE } from './process-tree.ts';

/** What is to be started, and for whom. */
export interface Start {
  /** The node that it is for, in messages. */
  readonly who: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The mark of the run, by which all that it starts is known. */
  readonly mark: string;
  readonly cwd?: string;
  /** Whom it runs as; absent, or without ids, as whoever runs the harness. */
  readonly user?: { readonly uid?: number; readonly gid?: number };
  readonly logFile: string;
  /** The line in the log with which its life begins; absent for one more process of a node that has begun one. */
  readonly heading?: string;
}

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

/** A child that is talked to by its standard input and output; what it writes to stderr goes to its log. */
export interface TalkingChild extends Child {
  readonly stdin: Writable;
  readonly stdout: Readable;
}

/** Starts a child whose output goes to its log. Throws `HarnessFailure` where there is no process or file for it. */
export function startSilent(start: Start): Child {
  return started(start, false);
}

/** Starts a child that is talked to. Throws as `startSilent` does. */
export function startTalking(start: Start): TalkingChild {
  const child = started(start, true);
  return { ...child, stdin: child.stdin!, stdout: child.stdout! };
}

function started({ who, command, args, env, mark, cwd, user, logFile, heading }: Start, talks: boolean) {
  const log = openLog(logFile, who, heading);
  const options: SpawnOptions = {
    detached: true,
    env: { ...env, [RUN_VARIABLE]: mark },
    ...(cwd === undefined ? {} : { cwd }),
    ...user,
    stdio: [talks ? 'pipe' : 'ignore', talks ? 'pipe' : log, log],
  };
  let child: ChildProcess;
  try {
    child = spawned(who, command, args, options);
  } finally {
    closeSync(log);
  }
  const pid = child.pid as number;
  const ended = once(child, 'exit').then(([code, signal]) => String(signal ?? `exit code ${code ?? 'unknown'}`));
  return {
    pid,
    ended,
    signal: (name: NodeJS.Signals) => signalAll(pid, name),
    stdin: child.stdin,
    stdout: child.stdout,
  };
}

/** As `spawn`, but throws `HarnessFailure` where no process is started, whichever way Node.js tells it. */
export function spawned(who: string, command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  let child: ChildProcess;
  try {
    child = spawn(command, args, options).on('error', () => {});
  } catch (error) {
    throw new HarnessFailure(`no process could be started for ${who}: ${(error as Error).message}`);
  }
  if (child.pid === undefined) throw new HarnessFailure(`no process could be started for ${who}`);
  return child;
}

/** The child writes to the file itself, so that nothing is lost whoever dies. */
function openLog(file: string, who: string, heading: string | undefined): number {
  try {
    const log = openSync(file, 'a');
    if (heading !== undefined) writeSync(log, `${heading}\n`);
    return log;
  } catch (error) {
    throw new HarnessFailure(`the log of ${who} cannot be written: ${(error as Error).message}`);
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

/** Whether there was anybody in the group of processes to hear it. */
export function signalGroup(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, name);
    return true;
  } catch {
    return false;
  }
}
