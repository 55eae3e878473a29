/** What is checked of a database's adapter, and what came of it. */

export const CHECKS = {
  C1: 'it becomes ready, and its programs tell their versions',
  C2: 'every node takes a write',
  C3: 'no connection between nodes goes around the network',
  C4: 'the source of every connection is known',
  C5: 'the links that are seen are those that it declares',
  C6: 'a node that is cut off hears nothing, what fails there has no effect, and the others serve',
  C7: 'what was cut off serves again',
  C8: 'what was written can be read',
  C9: 'a killed node is gone within 2 s, what fails there has no effect, and it serves again',
  C10: 'what was acknowledged before nodes were killed is still there',
  C11: 'a paused node has stopped, what fails there has no effect, and it serves again',
  C12: 'a clock that is moved by a minute is seen by the database itself',
  C13: 'nothing is left, also where the harness is killed while all nodes are paused',
  C14a: 'a connection that is refused is a fail',
  C14b: 'a write whose response is lost is open, and is asked for once',
  C14c: 'an error of the database is a fail only where it is definite',
  C14d: 'a write whose response is late is open, and the next call does not get that response',
  C14e: 'a response that looks well and says that nothing was done is a fail',
  C14f: 'whichever response of a write is lost, a fail had no effect',
  C15: 'a healthy run of its workload is valid',
  C16: 'form leaves every node alike: the first to lead may die at once',
} as const;

export type CheckId = keyof typeof CHECKS;

export interface Line {
  readonly id: CheckId;
  readonly verdict: 'passed' | 'failed' | 'skipped';
  /** What was measured, or why not. */
  readonly detail: string;
}

/** The checks that the names mean: `C14` all that begin with it and a letter. */
export function checksNamed(names: readonly string[]): readonly CheckId[] | string {
  const all = Object.keys(CHECKS) as CheckId[];
  const strange = names.find((name) => !all.some((id) => isNamed(id, name)));
  if (strange !== undefined) return strange;
  return names.length === 0 ? all : all.filter((id) => names.some((name) => isNamed(id, name)));
}

function isNamed(id: CheckId, name: string): boolean {
  return id === name || (id.startsWith(name) && /^[a-z]$/.test(id.slice(name.length)));
}
