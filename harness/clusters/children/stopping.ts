/** Stops a process with all that it started, and lets it go on. */
import { isStopped } from './launch.ts';
import type { Child } from './start.ts';

/** So often it is looked at, a millisecond apart. */
const LOOKS = 100;

/** Whether the operating system shows it as stopped, after a moment. `isOver` says that it ended meanwhile. */
export async function stopChild(child: Pick<Child, 'pid' | 'signal'>, isOver: () => boolean): Promise<boolean> {
  child.signal('SIGSTOP');
  for (let looks = 0; looks < LOOKS && !isOver(); looks++) {
    if (isStopped(child.pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return false;
}
