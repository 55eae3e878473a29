/** Connections that have so many ms: for a task, or for a greeting. */

/** What is closed to end whatever is asked by it. */
interface Client {
  close(): void;
}

/** One connection for as long as a task takes, and at most so many ms: then it is closed, which ends the task. */
export async function briefly<C extends Client, T>(
  opening: Promise<C>,
  timeoutMs: number,
  task: (client: C) => Promise<T>,
): Promise<T> {
  const client = await opening;
  return inTime(client, timeoutMs, task).finally(() => client.close());
}

/** A client once it is greeted. Where that fails, or takes more than so many ms, it is closed. */
export async function greeted<C extends Client>(
  client: C,
  timeoutMs: number,
  greeting: (client: C) => Promise<unknown>,
): Promise<C> {
  try {
    await inTime(client, timeoutMs, greeting);
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

function inTime<C extends Client, T>(client: C, timeoutMs: number, task: (client: C) => Promise<T>): Promise<T> {
  const timer = setTimeout(() => client.close(), timeoutMs);
  return task(client).finally(() => clearTimeout(timer));
}
