import type { NodeId } from '../../systems/node.ts';
import { isProgram, type System } from '../../systems/system.ts';

/**
 * What the nodes of a run are called where nobody names them: `n1` and on; of programs
 * `n0` and on, as Maelstrom has it, since programs compute with the digits of names.
 */
export function nodeNames(system: System, count: number): readonly NodeId[] {
  const first = isProgram(system) ? 0 : 1;
  return Array.from({ length: count }, (_, i) => `n${first + i}`);
}
