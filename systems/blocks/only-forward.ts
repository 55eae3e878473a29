import type { NodeId } from '../node.ts';
import type { Invariant } from '../system.ts';

/**
 * An invariant: what a running node has under a name is only ever replaced by what `isBack` does
 * not call a step back - a vector clock never shrinks, a tag never falls. A crash may take what
 * was not on disk yet, so every life begins anew. Entries are compared where they are other
 * objects than before, which costs next to nothing where they are replaced and not changed.
 */
export function onlyForward<State, Entry>(
  what: string,
  entriesOf: (state: State) => Readonly<Record<string, Entry>>,
  isBack: (older: Entry, newer: Entry) => boolean,
): Invariant<State> {
  return (states, memory, changed) => {
    const last = memory as Record<NodeId, Record<string, Entry>>;
    for (const node of changed) {
      const state = states.get(node);
      if (state === undefined) {
        delete last[node];
        continue;
      }
      const entries = entriesOf(state);
      last[node] ??= {};
      const known = last[node];
      for (const name in entries) {
        const newer = entries[name] as Entry;
        const older = known[name];
        if (older === newer) continue;
        if (older !== undefined && isBack(older, newer))
          return `${what} of ${name} at ${node} went back from ${JSON.stringify(older)} to ${JSON.stringify(newer)}.`;
        known[name] = newer;
      }
    }
    return undefined;
  };
}
