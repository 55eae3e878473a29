/** Which datatype a history is judged as: one by its name, or a datatype or model out of a module of the user's own. */
import type { Datatype } from 'elle-ts';
import { isOwnModule } from './own-module.ts';

/**
 * What `--type` says: a name as it is, and of a path what its module exports. Rejects with `BadInput` where that is no
 * datatype. What loads modules is loaded for paths alone: it imports all systems, and `check` need not wait for them.
 */
export async function datatypeFor(says: string): Promise<string | Datatype> {
  if (!isOwnModule(says)) return says;
  const [{ ownExport, sourceOf }, { datatypeIn }] = await Promise.all([
    import('./sources.ts'),
    import('./validate-datatype.ts'),
  ]);
  const source = sourceOf(says);
  return 'module' in source ? ownExport(source, datatypeIn) : says;
}
