import type { ChildProcess } from 'node:child_process';

/**
 * Sends a signal to a child. To one that could not be started none is sent: Node.js would send it to whatever number
 * stands in the place of its id, which may be 0, the harness's own group, or a process of somebody else's.
 */
export function signalChild(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid !== undefined) child.kill(name);
}
