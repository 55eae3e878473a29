/**
 * The names of operations outside of a run. While it lasts, what a call causes carries the
 * planned call's id, which is part of identities and must not depend on what else happens.
 * Afterwards an operation has one number everywhere: the index of its invocation in the history.
 */
import type { Journalled } from '../clusters/cluster.ts';
import type { Recorder } from './recorder.ts';

/** How journals and reports name the operation whose invocation has this index. */
export function operationName(start: number): string {
  return `operation ${start}`;
}

/** The journal with operations under the names that the history gives them. Linear in messages and operations. */
export function namedByOperations(
  journal: readonly Journalled[],
  { calls, history: { columns } }: Pick<Recorder, 'calls' | 'history'>,
): readonly Journalled[] {
  if (journal.length === 0) return journal;
  const names = new Map(calls.map((id, row) => [`op ${id}`, operationName(columns.start[row]!)]));
  // What a program's line probably goes back to has a question mark behind it.
  const named = (name: string) =>
    name.endsWith('?') ? `${names.get(name.slice(0, -1)) ?? name.slice(0, -1)}?` : (names.get(name) ?? name);
  return journal.map((message) => ({ ...message, cause: named(message.cause), root: named(message.root) }));
}
