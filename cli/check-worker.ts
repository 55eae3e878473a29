/** The thread of a `check` that has bounds. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Message, Task } from './check-bounded.ts';
import { runCheck } from './check-run.ts';
import { UsageError } from './exit.ts';

if (parentPort) {
  const port = parentPort;
  const say = (message: Message): void => port.postMessage(message);
  const { named, options } = workerData as Task;
  const told = {
    out: (text: string) => say({ out: text }),
    err: (text: string) => say({ err: text }),
    began: (path: string, left: number) => say({ began: path, left }),
    ended: (code: number) => say({ ended: code }),
  };
  runCheck(named, options, told).then(
    (code) => say({ code }),
    (error: unknown) => {
      if (!(error instanceof UsageError)) throw error;
      say({ usage: error.message });
    },
  );
}
