import type { Api, FunctionName, Input, Offered, Output } from 'elle-ts';
import type { Node, NodeId } from './node.ts';

/** What can be wrong with the world for a while. What each means stands in harness/faults. */
export const FAULT_KINDS = [
  'partition',
  'link',
  'crash',
  'pause',
  'clock',
  'disk',
  'membership',
  'chore',
  'services',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What is judged: reports, campaigns, comparisons, claims and lists know only this of it. */
export interface System {
  /** `design/variant`, as in `quorum/abd`. */
  readonly name: string;
  /**
   * What it offers: the functions of a datatype, or of an interface
   * to several, by name; or a datatype or model of the user's own.
   */
  readonly datatype: Offered;
  readonly claims: readonly Claim[];
  /** Functions of its datatype that it cannot offer, such as `cas` on majority registers: no workload asks for them. */
  readonly without?: readonly string[];
  /** What is wrong with it, where it is broken on purpose. */
  readonly flaw?: Flaw;
}

/** What is wrong with a system that is broken on purpose. */
export interface Flaw {
  readonly says: string;
  /** The anomaly that must show it. */
  readonly anomaly: string;
  /** The place that is wrong: a text that stands once in the sources of the design's folder. */
  readonly at?: string;
  /** The file, below systems/, in which alone it is sought: where it is in no file of the folder, or in several. */
  readonly in?: string;
}

/**
 * A replicated design, written in TypeScript against `Node` alone: runs as
 * processes and in virtual time. Its broken twins replace a step of it.
 */
export interface Design<A extends Api = Api, State = unknown> extends System {
  /** Called each time a node starts. Only `node.disk` remembers the node's earlier lives. */
  start(node: Node): Replica<A, State> | Promise<Replica<A, State>>;
  /**
   * White-box properties of all running nodes' states, judged
   * after every event of a simulated run: a sentence when broken.
   */
  readonly invariants?: Readonly<Record<string, Invariant<State>>>;
  /** The node that leads now, where the design has one: what a fault aimed at `primary` hits. */
  readonly primary?: (states: ReadonlyMap<NodeId, State>) => NodeId | undefined;
  /**
   * What real library it is built on, by its name in npm. While such a node's code runs in the simulation, the
   * platform's clocks, timers and chance are the node's own; any other design is refused when it reaches for them.
   */
  readonly library?: string;
  /** The part of a state that replicas agree on once converged; the whole state where absent. */
  readonly content?: (state: State) => unknown;
}

/**
 * An executable in any language that speaks Maelstrom's protocol on standard
 * input and output. Its name is `<dialect>/<base name of the command>`.
 */
export interface Program extends System {
  /** The workload of Maelstrom whose requests it answers: `lin-kv`. */
  readonly dialect: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** Whether the system is a design. */
export function isDesign(system: System): system is Design {
  return 'start' in system;
}

/** Whether the system is a program. */
export function isProgram(system: System): system is Program {
  return 'dialect' in system;
}

/** A design whose datatype and functions the compiler knows. */
type Defined<A extends Api, State, D extends Offered> = Omit<Design<A, State>, 'datatype' | 'without'> & {
  readonly datatype: D;
  readonly without?: readonly FunctionName<NoInfer<D>>[];
};

/**
 * A design, for whoever writes one in a module of his own: the compiler knows the words of its
 * claims, and the functions of its datatype, so that `without: ['cas']` compiles for a register
 * and `without: ['swap']` does not. It is returned as it is. What the compiler cannot see
 * is looked at when the module is loaded: a field that is missing or cannot be ends with 254.
 */
export function defineSystem<A extends Api, State, const D extends Offered>(
  design: Defined<A, State, D>,
): Defined<A, State, D> {
  return design;
}

/**
 * A sentence when it is broken. `memory` is the invariant's own and empty when a run begins:
 * for what must hold over time. `changed` are the nodes that did anything, or began or ended
 * a life, since it was asked last: an invariant of single nodes need look at no other.
 */
export type Invariant<State = unknown> = (
  states: ReadonlyMap<NodeId, State>,
  memory: Record<string, unknown>,
  changed: ReadonlySet<NodeId>,
) => string | undefined;

/**
 * The datatype's operations, as a client may ask them of a node. An operation that throws `Refused` certainly
 * took no effect (`fail`); any other error leaves that open (`info`). Who means that throws `InDoubt`:
 * every other error is told as a defect of the system's code, and one that only wrong code brings about
 * (a TypeError, say) ends the run. `state` is plain data, for invariants, stories and convergence.
 */
export interface Replica<A extends Api = Api, State = unknown> {
  readonly api: { readonly [F in keyof A]: (input: Input<A, F>, key?: string) => Promise<Output<A, F>> };
  readonly state: State;
  /** How its members are changed, where the design can change them. */
  readonly membership?: Membership;
  /**
   * Gives back what the garbage collector does not see, such as documents in the memory of WebAssembly. A simulation
   * calls it when the run is over, on each replica that ever started; a real node just ends.
   */
  end?(): void;
}

/** An operator's hold on who belongs to a running cluster. */
export interface Membership {
  /** Who belongs to it, as far as this node knows. */
  readonly members: readonly NodeId[];
  /**
   * Asks that these come to be the members. All nodes are asked the same, those
   * that start or go on later as soon as they do; it changes nothing at once.
   */
  become(members: readonly NodeId[]): void;
}

/** What a system promises while only the faults `under` happen. Several claims cover several sets of faults. */
export interface Claim {
  /** A model's name, as `splitbrain list models` has them: `linearizable`, `eventual`, ... */
  readonly model: string;
  readonly under: readonly FaultKind[];
  /**
   * Who is answered while a fault lasts: every node, those on a
   * majority's side, those on the primary's side, or nobody for sure.
   */
  readonly available: 'total' | 'majority' | 'primary-side' | 'none';
  /** Acknowledged writes survive: always, while a majority of disks does, or not for sure. */
  readonly durable: 'always' | 'majority' | 'no';
  /** Replicas' contents are equal once faults end and messages stop. */
  readonly converges: boolean;
  /** After heal, operations succeed again within this time. */
  readonly recoversMs: number;
  /** At least this share of all calls of a run is answered, from 0 to 1, whatever faults last: 1 is every call. */
  readonly answered?: number;
}
