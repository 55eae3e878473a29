/**
 * What makes many runs, several at a time. Campaigns, comparisons and searches hand their tasks to a
 * pool and do not know where they are made: in threads, or, where there are none, by the caller itself.
 */
export interface Pool<Task, Made> {
  /** How many tasks it makes at a time. */
  readonly width: number;
  /**
   * How long one task at a time is made before as many as the width: what ends sooner
   * does not pay for makers that cost more to start than they make. Left out: not at all.
   */
  readonly narrowMs?: number;
  /**
   * Makes one task. Rejects with what ended it where its maker died of it, ran out of memory
   * or did not end in time: that costs this task alone, and another maker takes the next one.
   */
  make(task: Task): Promise<Made>;
  /** Ends what is still being made. */
  close(): Promise<void>;
}

/** A pool without makers of its own: tasks are made by this function, here. */
export function here<Task, Made>(width: number, make: (task: Task) => Promise<Made>): Pool<Task, Made> {
  return { width, make, close: async () => {} };
}

/**
 * Uses a pool to its width and closes it: takes the next item whenever there is room, until
 * there are no more, and waits for the last. `use` makes the item's task and does with the
 * result what is to be done; where it rejects, no further item is begun in its place.
 */
export async function useUp<Item>(
  pool: Pool<never, unknown>,
  items: Iterator<Item>,
  use: (item: Item) => Promise<void>,
): Promise<void> {
  const lane = async () => {
    for (let next = items.next(); !next.done; next = items.next()) await use(next.value);
  };
  try {
    const first = lane();
    if (pool.narrowMs && pool.width > 1) await endedOrAfter(first, pool.narrowMs);
    await Promise.all([first, ...Array.from({ length: pool.width - 1 }, lane)]);
  } finally {
    await pool.close();
  }
}

async function endedOrAfter(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const after = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, after]).finally(() => clearTimeout(timer));
}
