/**
 * Which processes a run has started, by two signs: they descend from a process of the run, or carry the run's mark in
 * their environment, which is inherited wherever they hide: in a session of their own, or as orphans. Nothing is known
 * where there is no /proc.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** The variable of the environment that holds a run's mark. */
export const RUN_VARIABLE = 'SPLITBRAIN_RUN';

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** When it started, in ticks since the machine did: a number that was used again has another. */
  readonly started: string;
}

/** All processes that descend from this one, their parents before them. */
export function descendantsOf(pid: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const one of allProcesses()) {
    const known = children.get(one.parent);
    if (known) known.push(one.pid);
    else children.set(one.parent, [one.pid]);
  }
  const found: number[] = [];
  for (let next = [pid]; next.length > 0; ) {
    next = next.flatMap((parent) => children.get(parent) ?? []);
    found.push(...next);
  }
  return found;
}

/** The same for one of our children, without a look at all processes: it takes no time where there are none. */
export function childrenBelow(pid: number): readonly number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const own = threads.flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return own.flatMap((child) => [child, ...childrenBelow(child)]);
  } catch {
    return [];
  }
}

/** All processes whose mark satisfies this. */
export function markedProcesses(wanted: (mark: string) => boolean): readonly number[] {
  return allProcesses().flatMap(({ pid }) => {
    const mark = markOf(pid);
    return mark !== undefined && wanted(mark) ? [pid] : [];
  });
}

/** When the process started, as a text to be compared; undefined where there is none, or nobody knows. */
export function startOf(pid: number): string | undefined {
  return processOf(pid)?.started;
}

/** Whether this process has ended for certain; where nobody can tell, as without free file descriptors, it lives. */
export function hasEnded(pid: number, started: string): boolean {
  try {
    readFileSync(`/proc/${pid}/stat`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ESRCH';
  }
  const now = processOf(pid);
  return now === undefined ? isZombie(pid) : now.started !== started;
}

function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** All processes of this machine that have not ended; none where there is no /proc. */
export function allProcesses(): readonly Process[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => processOf(Number(name)) ?? []);
  } catch {
    return [];
  }
}

function processOf(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything; what follows it are state, parent, and later the time of the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    return { pid, parent: Number(fields[1]), started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

function markOf(pid: number): string | undefined {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    return variables.find((variable) => variable.startsWith(`${RUN_VARIABLE}=`))?.slice(RUN_VARIABLE.length + 1);
  } catch {
    return undefined;
  }
}
