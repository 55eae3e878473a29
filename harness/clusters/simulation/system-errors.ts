import type { NodeId } from '../../../systems/node.ts';
import { errorText, HarnessFailure } from '../../failure.ts';
import { currentCause } from '../../node/cause.ts';
import {
  brokenText,
  Defects,
  failureOf,
  isHarnessFailure,
  messageOf,
  notStartedText,
  type Thrown,
  unreadableText,
} from '../../node/thrown.ts';

/** What all nodes together may send and read at one moment of virtual time; a child may say as much in one turn. */
const MOST_ACTS = 100_000;

/** What the system's code does wrong in a run: what ends the run as an error, and what is noted beside its verdict. */
export class SystemErrors {
  /** Why the run cannot go on. */
  failure: HarnessFailure | undefined;
  private readonly system: string;
  /** Whether a disk failed any node: then all may have come to hold anything. */
  private readonly hasDiskFailed: () => boolean;
  private readonly defects = new Defects();
  /** What nodes did at this moment. */
  private acts = 0;

  constructor(system: string, hasDiskFailed: () => boolean) {
    this.system = system;
    this.hasDiskFailed = hasDiskFailed;
  }

  /** What was noted. */
  get thrown(): readonly Thrown[] {
    return this.defects.all;
  }

  /** Ends the run once this moment is over, whatever the system makes of the error. */
  break(reason: string): HarnessFailure {
    this.failure ??= new HarnessFailure(reason);
    return this.failure;
  }

  /** An error of an operation: the harness's own ends the run, as does one that only wrong code throws. */
  inOperation(node: NodeId, where: string, error: unknown): void {
    if (isHarnessFailure(error)) this.failure ??= error;
    else this.breakWhereWrong(node, where, error);
  }

  /** An error in answering a message. */
  inHandler(node: NodeId, where: string, error: unknown): void {
    if (!this.breakWhereWrong(node, where, error)) this.defects.note(node, where, messageOf(error));
  }

  atStart(node: NodeId, error: unknown): void {
    this.break(notStartedText(this.system, node, error));
  }

  /** Lets the system's own code say something about its nodes. Throws `HarnessFailure` where it throws. */
  asked<T>(what: string, ask: () => T): T {
    try {
      return ask();
    } catch (error) {
      throw this.break(`${this.system} threw an error in ${what}: ${errorText(error)}`);
    }
  }

  /** Reads what a node shows of itself. Throws `HarnessFailure` where that throws. */
  shown<T>(what: string, node: NodeId, read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw this.break(unreadableText(this.system, node, what, error));
    }
  }

  /** A promise was rejected, or an error thrown, and nobody handled it: where real nodes run, that ends one. */
  stray(reason: unknown, how: string): void {
    const { node, root } = currentCause();
    const who = node === '' ? this.system : `${node}: ${this.system}`;
    this.break(`${who} ${how} (after ${root}): ${errorText(reason)}`);
  }

  /** Time continues. */
  nextMoment(): void {
    this.acts = 0;
  }

  /** A node that never waits would hold time still for ever. */
  act(node: NodeId): void {
    this.acts++;
    if (this.acts > MOST_ACTS)
      throw this.break(`${node} (${this.system}) sent or read ${MOST_ACTS} times in one moment: it never waits`);
  }

  /**
   * Ends the run where only wrong code throws such an error. Where
   * a disk failed any node, all may have come to hold anything.
   */
  private breakWhereWrong(node: NodeId, where: string, error: unknown): boolean {
    if (failureOf(error) !== 'broken' || this.hasDiskFailed()) return false;
    this.break(brokenText(this.system, node, where, error));
    return true;
  }
}
