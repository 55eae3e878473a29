/**
 * The mark of a run in the environment of all that it starts: it says which harness began it, so that what outlives
 * that harness can be told from what belongs to one that lives.
 */
import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nanoid } from 'nanoid';
import { unmountBelow } from './disk-image.ts';
import { hasEnded, markedProcesses, startOf } from './process-tree.ts';

/** Numbers of processes mean something in their namespace alone: a container's are others. */
function namespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

/** `NAMESPACE-PID-START-` of a harness, which begins marks and the names of temporary folders. */
const OWNER = /^(\d+)-(\d+)-(\d*)-/;
const FOLDER = 'splitbrain-';

function ownerText(): string {
  return `${namespace()}-${process.pid}-${startOf(process.pid) ?? ''}-`;
}

/** A mark for a run of this process. */
export function newMark(): string {
  return `${ownerText()}${nanoid(8)}`;
}

/** Where a run of this process may make a temporary folder: the path is known before anything is there. */
export function newTemporaryPath(): string {
  return join(tmpdir(), `${FOLDER}${ownerText()}${nanoid(8)}`);
}

/** Kills the processes with this mark; returns how many there were. */
export function killMarked(mark: string): number {
  return kill(markedProcesses((one) => one === mark));
}

/** Ends and removes what runs of harnesses that are gone have left. Returns how much of it there was. */
export function sweep(): { readonly processes: number; readonly folders: number } {
  const processes = kill(markedProcesses(isOrphaned));
  let folders = 0;
  for (const name of namesIn(tmpdir())) {
    if (!name.startsWith(FOLDER) || !isOrphaned(name.slice(FOLDER.length))) continue;
    unmountBelow(join(tmpdir(), name));
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
    folders++;
  }
  return { processes, folders };
}

/** Whether the harness that this begins with is gone. Of what does not begin with one nothing is known. */
function isOrphaned(text: string): boolean {
  const [, space, pid, started] = OWNER.exec(text) ?? [];
  if (space !== namespace() || !started) return false;
  return hasEnded(Number(pid), started);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function kill(pids: readonly number[]): number {
  let killed = 0;
  for (const pid of pids) {
    try {
      if (pid === process.pid) continue;
      process.kill(pid, 'SIGKILL');
      killed++;
    } catch {
      // It has ended by itself.
    }
  }
  return killed;
}
