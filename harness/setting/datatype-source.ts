/** Which datatype a history is judged as: one by its name, or a datatype or model out of a module of the user's own. */
import type { Datatype } from 'elle-ts';
import { ownExport, sourceOf } from './sources.ts';
import { datatypeIn } from './validate-datatype.ts';

/**
 * What `--type` says: a name as it is, and of a path what its module
 * exports. Rejects with `BadInput` where that is no datatype.
 */
export async function datatypeFor(says: string): Promise<string | Datatype> {
  const source = sourceOf(says);
  return 'module' in source ? ownExport(source, datatypeIn) : says;
}
