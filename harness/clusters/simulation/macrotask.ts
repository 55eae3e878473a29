/** Runs this in a macrotask of its own: only there simulated runs can begin. Rejects with what it throws. */
export function inMacrotask<T>(task: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(task());
      } catch (error) {
        reject(error);
      }
    });
  });
}
