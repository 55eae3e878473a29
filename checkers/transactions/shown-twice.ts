/** Elements that a list shows twice, though each append appends once: each is of another append, or of nobody's. */
import { type History, OK } from '../history.ts';
import { eachMop, valueName } from './micro-operations.ts';

/** An element of a key's list, as one string. */
export const elementName = (key: unknown, element: unknown): string => `${valueName(key)}\n${valueName(element)}`;

/** The names of the elements that some read of their list shows twice. One pass over what was read. */
export function elementsShownTwice(history: History): ReadonlySet<string> {
  const found = new Set<string>();
  eachMop(history, (row, _, [f, key, list]) => {
    if (f !== 'r' || !Array.isArray(list) || history.columns.type[row] !== OK) return;
    const seen = new Set<string>();
    for (const element of list) {
      const name = valueName(element);
      if (seen.has(name)) found.add(elementName(key, element));
      seen.add(name);
    }
  });
  return found;
}
