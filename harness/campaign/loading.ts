/** Refuses what a campaign file names and what cannot be had, on its line of the file, before anything starts. */
import { BadInput } from '../failure.ts';
import { ownFaults } from '../setting/fault-source.ts';
import { isOwnModule } from '../setting/own-module.ts';
import { sourceOf, systemFrom } from '../setting/sources.ts';
import { unknownName } from '../setting/suggestions.ts';
import { workloadFrom } from '../setting/workload-source.ts';
import { JUDGED } from './claims.ts';
import type { Document, Path } from './document.ts';
import type { Matrix } from './matrix.ts';

/**
 * Rejects with `BadInput` where a module of the matrix that the document
 * stands for cannot be loaded, or a claim is of a model that nothing judges.
 */
export async function refuseUnloadable(
  document: Document,
  { systems, workloads = [], faults, claims = [] }: Matrix,
): Promise<void> {
  for (const [i, says] of systems.entries()) await refusedAt(document, ['systems', i], systemFrom(sourceOf(says)));
  const judged = [...JUDGED];
  for (const [i, says] of workloads.entries()) {
    const { checkers } = await refusedAt(document, ['workloads', i], workloadFrom(sourceOf(says)));
    if (isOwnModule(says)) judged.push(...checkers.map(({ name }) => name));
  }
  for (const [i, group] of faults.entries()) await refusedAt(document, ['faults', i], ownFaults(group.split(',')));
  for (const [i, { model }] of claims.entries())
    if (!judged.includes(model)) document.refuse(['claims', i, 'model'], unknownName('model', model, judged));
}

/** What is loaded; where it is refused, at its place in the document. */
function refusedAt<T>(document: Document, path: Path, loaded: Promise<T>): Promise<T> {
  return loaded.catch((error: unknown) => {
    if (error instanceof BadInput) return document.refuse(path, error.message);
    throw error;
  });
}
