/**
 * The faults of a setting that modules of the user's own draw: each is of a kind that
 * there is, in a way that none of the built-in names is, or of a kind that the module brings.
 */
import type { NamedFault } from '../faults/meaning.ts';
import { isOwnModule } from './own-module.ts';
import { ownExport, sourceOf } from './sources.ts';
import { namedFaultIn } from './validate-fault.ts';

/**
 * Those of these names that are modules, loaded. Rejects with `BadInput` where one is not to be had, or is no fault.
 */
export async function ownFaults(names: readonly string[]): Promise<Readonly<Record<string, NamedFault>>> {
  const own = names.filter(isOwnModule).map(async (says) => {
    const source = sourceOf(says);
    return 'module' in source ? [[says, await ownExport(source, namedFaultIn)] as const] : [];
  });
  return Object.fromEntries((await Promise.all(own)).flat());
}
