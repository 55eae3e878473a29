import { parentPort, workerData } from 'node:worker_threads';

/**
 * In a thread of a pool of this name: makes the tasks that it is given, one after the other. What rejects ends the
 * thread, and is the failure of its task. Anywhere else it does nothing, so that such a module can be imported.
 */
export function makesTasks<Task, Made>(name: string, make: (task: Task) => Promise<Made>): void {
  if (!parentPort || workerData !== name) return;
  const port = parentPort;
  port.on('message', (task: Task) => {
    void make(task).then((made) => port.postMessage(made));
  });
}
