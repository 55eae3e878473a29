/** A connection for as long as a task takes, and no longer than so many ms: then it is closed, which ends the task. */
export async function briefly<C extends { close(): void }, T>(
  opening: Promise<C>,
  timeoutMs: number,
  task: (client: C) => Promise<T>,
): Promise<T> {
  const client = await opening;
  const timer = setTimeout(() => client.close(), timeoutMs);
  try {
    return await task(client);
  } finally {
    clearTimeout(timer);
    client.close();
  }
}
