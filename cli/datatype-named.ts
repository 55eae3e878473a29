import type { Datatype } from 'elle-ts';
import { isOwnModule } from '../harness/setting/module-path.ts';

/**
 * What `--type` says: a name as it is, and of a path what its module exports. Rejects with `BadInput` where that is no
 * datatype. What loads modules is loaded for paths alone: it brings all systems along.
 */
export async function typeNamed(says: string): Promise<string | Datatype> {
  if (!isOwnModule(says)) return says;
  const { datatypeFor } = await import('../harness/setting/datatype-source.ts');
  return datatypeFor(says);
}
