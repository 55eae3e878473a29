import type { Database, Host } from '../../../databases/database.ts';
import { messageOf } from '../../node/thrown.ts';
import { within } from './within.ts';

/** Between two tries to form the cluster. */
const PAUSE_MS = 50;

/**
 * Tries again until nothing is thrown and all is whole, or patience ends: one try is over before the next begins.
 * Returns why it is not formed; nothing where it is.
 */
export async function formed(
  database: Pick<Database, 'form' | 'readyMs'>,
  hosts: readonly Host[],
  isWhole: () => Promise<boolean>,
): Promise<string | undefined> {
  const { readyMs } = database;
  const untilMs = performance.now() + readyMs;
  let why = 'it is not whole';
  for (let leftMs = readyMs; leftMs > 0; leftMs = untilMs - performance.now()) {
    const task = (database.form?.(hosts) ?? Promise.resolve()).then(() => true as const, messageOf);
    const done = await within(leftMs, task);
    if (done === true && (await isWhole())) return undefined;
    if (done !== true) why = done ?? 'form() never comes to an end';
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return `not ready within ${readyMs} ms: ${why}`;
}
