import { platform } from '../../platform/node.ts';

/** Runs this in a macrotask of its own: only there simulated runs can begin. Rejects with what it throws. */
export function inMacrotask<T>(task: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    platform.nextTurn(() => {
      try {
        resolve(task());
      } catch (error) {
        reject(error);
      }
    });
  });
}
