/** What `check` knows besides a history's files: the setting of its run beside it, and modules of the user's own. */
import { dirname } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import type { JudgeOptions } from 'elle-ts';
import { decoded } from '../harness/checking/bytes.ts';
import type { HeldRun, Surroundings } from '../harness/checking/check-source.ts';
import type { InputFile } from '../harness/checking/input-file.ts';
import type { Source } from '../harness/checking/source.ts';
import { datatypeFor } from '../harness/setting/datatype-source.ts';
import type { StoredSetting } from './stored-run.ts';

/** With `debug`, errors are told with their stacks. */
export function nodeSurroundings({ debug }: { readonly debug?: true }): Surroundings {
  return { datatypeFor, runOf, typeOfRun, refuseFullMemory, ...(debug ? { failed: printStack } : {}) };
}

function printStack(error: unknown): void {
  if (error instanceof Error) process.stderr.write(`${error.stack}\n`);
}

/** What the run of this history was held to, where that is known. */
async function runOf({ setting, verdict }: Source): Promise<HeldRun | undefined> {
  if (!setting || !verdict) return undefined;
  const judged = await textIn(verdict);
  // What judges runs brings all workloads along: a history alone need not wait for them.
  const { heldToClaims, isOwnKind, storedRun } = await import('./stored-run.ts');
  const run = await storedRun(await settingIn(setting), judged);
  return run && { isOwnKind: isOwnKind(run), heldToClaims: (history, placed) => heldToClaims(run, history, placed) };
}

async function typeOfRun({ setting }: Source): Promise<JudgeOptions['type']> {
  return setting && (await import('./stored-run.ts')).storedType(await settingIn(setting));
}

async function settingIn(file: InputFile): Promise<StoredSetting> {
  return { text: await textIn(file), folder: dirname(file.path) };
}

const textIn = async (file: InputFile): Promise<string> => decoded(await file.whole(1 << 26));

/** See `Surroundings`. */
export function refuseFullMemory(): void {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  if (used > 0.85 * limit)
    throw new Error(
      `the history takes more memory than there is: NODE_OPTIONS=--max-old-space-size=${Math.round(limit / 2 ** 19)} gives twice as much`,
    );
}
