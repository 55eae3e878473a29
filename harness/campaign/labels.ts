/**
 * How results call systems: as the campaign names them, but programs by their names, `lin-kv/node.py`. So no path is in
 * cells, expectations and what other tools read, and results of two machines, or of two folders, are of the same cells.
 */
import { isProgramSource, programName, programSourceOf } from '../setting/program-text.ts';

/** What each of these systems is called. Of programs with the same name the second is `lin-kv/node.py~2`. */
export function labelsOf(systems: readonly string[]): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  const times = new Map<string, number>();
  for (const says of new Set(systems)) {
    const name = labelOf(says);
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    labels.set(says, time === 1 ? name : `${name}~${time}`);
  }
  return labels;
}

/** What a system is called where no other program has its name. Throws `BadInput` where it names no program. */
export function labelOf(says: string): string {
  return isProgramSource(says) ? programName(programSourceOf(says)) : says;
}
