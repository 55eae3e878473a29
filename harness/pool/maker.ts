import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { type Doing, shareDoing } from '../doing.ts';

/** What a thread of a pool is made for, and where it writes what it does. */
export interface ThreadData {
  readonly name: string;
  readonly doing: Doing;
}

/** A task as a thread gets it: with `detailed` it writes at which node it is, too. */
export interface Handed<Task> {
  readonly task: Task;
  readonly detailed: boolean;
}

/**
 * What a thread says: what it made, and whether it is worn and should make no more; or, before that, something that is
 * not to be lost should the thread end.
 */
export type FromThread<Made, Told> = { readonly made: Made; readonly worn: boolean } | { readonly told: Told };

/** A library in WebAssembly may keep memory for ever: a thread that holds so much beside its heap is replaced. */
const MOST_OUTSIDE_HEAP = 512e6;

/**
 * In a thread of a pool of this name: makes the tasks that it is given, one after the other. What rejects ends the
 * thread, and is the failure of its task. Anywhere else it does nothing, so that such a module can be imported.
 */
export function makesTasks<Task, Made, Told = never>(
  name: string,
  make: (task: Task, tell: (told: Told) => void) => Promise<Made>,
): void {
  const data = workerData as ThreadData | null;
  if (!parentPort || data?.name !== name) return;
  const port = parentPort;
  port.on('message', ({ task, detailed }: Handed<Task>) => {
    shareDoing(data.doing, detailed);
    const say = (message: FromThread<Made, Told>) => port.postMessage(message);
    void make(task, (told) => say({ told })).then((made) => {
      // `process.memoryUsage()` asks the system for more than that, which takes longer than some runs.
      say({ made, worn: getHeapStatistics().external_memory > MOST_OUTSIDE_HEAP });
    });
  });
}
