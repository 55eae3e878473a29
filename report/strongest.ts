import { lattice, strongestModels } from 'elle-ts';

/**
 * The models among these that no other of them implies;
 * properties that are no models, such as convergence, do not count.
 */
export function strongestOf(held: readonly string[]): string[] {
  const models = held.filter((name) => Object.hasOwn(lattice.implies, name));
  return strongestModels(models, lattice);
}
