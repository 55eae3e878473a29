/**
 * Runs a task once those before it on the same key are over, whatever
 * became of them. Tasks of different keys do not wait for each other.
 */
export type Exclusive = <T>(key: string, task: () => Promise<T>) => Promise<T>;

/** Mutual exclusion by key among the tasks of one node. A crash forgets them all. */
export function exclusive(): Exclusive {
  const last = new Map<string, Promise<unknown>>();
  return (key, task) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(task, task);
    last.set(key, mine);
    const leave = () => {
      if (last.get(key) === mine) last.delete(key);
    };
    mine.then(leave, leave);
    return mine;
  };
}
