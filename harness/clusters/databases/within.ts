/**
 * What a question comes to within so long; nothing where it comes to none: a node may be cut off, paused or gone, and
 * nothing that is asked of one may hold up the run.
 */
export async function within<T>(ms: number, question: Promise<T> | undefined): Promise<T | undefined> {
  if (!question) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([question.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
