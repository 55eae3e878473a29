/**
 * What an error of a system's code means to a run: one rule for both clusters. A refusal is definite, and
 * `InDoubt` leaves open what happened; both are part of a design. Every other error is a defect of the code,
 * which the run names with system, node and place: as an error of the run where only wrong code throws
 * such (a TypeError, say), else beside whatever verdict there is, for it may have been meant as a silence.
 */
import { InDoubt, type NodeId, Refused } from '../../systems/node.ts';
import { errorText, HarnessFailure } from '../failure.ts';

/**
 * How an operation or a handler failed: `declined` is a refusal
 * that answers, `broken` an error that only wrong code throws.
 */
export type Failure = 'declined' | 'refused' | 'unsure' | 'threw' | 'broken';

/**
 * How a client's call ended at a node: `declined` is a refusal that is the operation's answer, `refused`
 * any other; `unsure` left open on purpose what happened, and `threw` is an error of the system's own code.
 */
export type CallOutcome = 'ok' | Exclude<Failure, 'broken'>;

/** Errors that no design throws on purpose. */
const OF_WRONG_CODE = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'EvalError', 'URIError'];

/** What this error means. Never throws, whatever was thrown. */
export function failureOf(error: unknown): Failure {
  try {
    if (error instanceof Refused) return error.answer === true ? 'declined' : 'refused';
    if (error instanceof InDoubt) return 'unsure';
    return error instanceof Error && OF_WRONG_CODE.includes(error.name) ? 'broken' : 'threw';
  } catch {
    return 'threw';
  }
}

/** Never throws. */
export function isRefusal(error: unknown): error is Refused {
  const failure = failureOf(error);
  return failure === 'refused' || failure === 'declined';
}

/** Whether the harness itself threw it, because the system broke its contract. Never throws. */
export function isHarnessFailure(error: unknown): error is HarnessFailure {
  try {
    return error instanceof HarnessFailure;
  } catch {
    return false;
  }
}

/** The same as an error that nobody chokes on. Never throws. */
export function asError(error: unknown): Error {
  try {
    return error instanceof Error ? error : new Error(messageOf(error));
  } catch {
    return new Error(messageOf(error));
  }
}

/** What the error says, as the history has it. Never throws. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return 'something was thrown that cannot be shown';
  }
}

/** An error that a system's code threw, where, and how often. */
export interface Thrown {
  readonly node: NodeId;
  /** `read`, `its handler of gossip`. */
  readonly where: string;
  readonly says: string;
  readonly times: number;
}

/** So many different errors are kept; more of them would be told by nobody. */
const KEPT = 100;

/** The errors of a run's system that are no refusals and leave nothing open on purpose. */
export class Defects {
  private readonly byName = new Map<string, { node: NodeId; where: string; says: string; times: number }>();

  note(node: NodeId, where: string, says: string): void {
    const name = JSON.stringify([node, where, says]);
    const known = this.byName.get(name);
    if (known) known.times++;
    else if (this.byName.size < KEPT) this.byName.set(name, { node, where, says, times: 1 });
  }

  get all(): readonly Thrown[] {
    return [...this.byName.values()];
  }
}

/** The sentence that an error of wrong code ends a run with. */
export function brokenText(system: string, node: NodeId, where: string, error: unknown): string {
  return `${system} threw an error at ${node} in ${where}: ${errorText(error)}`;
}

/** The sentence for what a node shows of itself, such as its state, that cannot be read; one for both clusters. */
export function unreadableText(system: string, node: NodeId, what: string, error: unknown): string {
  // Where the value is not plain the harness's own copying throws, and no place in the system's code is known.
  const says = error instanceof Error && error.name === 'NotPlain' ? error.message : errorText(error);
  return `the ${what} of ${system} at ${node} cannot be read: ${says}`;
}

/** The sentence for a message to nobody. */
export function strangerText(from: NodeId, system: string, kind: string, to: NodeId): string {
  return `${from} (${system}) sent ${kind} to ${to}, which is no node of the cluster`;
}

/** The sentence for a system that does not start. */
export function notStartedText(system: string, node: NodeId, error: unknown): string {
  return isHarnessFailure(error) ? error.message : `${system} failed to start on ${node}: ${errorText(error)}`;
}

/** The errors in one line: those that came most often first, alike ones of several nodes together. */
export function thrownText(thrown: readonly Thrown[]): string {
  const alike = new Map<string, { nodes: NodeId[]; where: string; says: string; times: number }>();
  for (const { node, where, says, times } of thrown) {
    const known = alike.get(JSON.stringify([where, says]));
    if (known) {
      if (!known.nodes.includes(node)) known.nodes.push(node);
      known.times += times;
    } else alike.set(JSON.stringify([where, says]), { nodes: [node], where, says, times });
  }
  const worst = [...alike.values()].sort((a, b) => b.times - a.times);
  const told = worst.slice(0, TOLD).map(({ nodes, where, says, times }) => {
    return `${nodes.sort().join(', ')} in ${where}: ${says}${times > 1 ? ` (${times} times)` : ''}`;
  });
  return `${told.join('; ')}${worst.length > TOLD ? `; and ${worst.length - TOLD} more` : ''}`;
}

const TOLD = 3;
