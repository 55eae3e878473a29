/** All that is known of one kind of fault: one file a kind, and nothing of it elsewhere but the clusters' injectors. */

import type { NodeId } from '../../systems/node.ts';
import type { FaultKind } from '../../systems/system.ts';
import type { ClusterName } from '../clusters/names.ts';
import type { FaultEffect, Measured } from './effect.ts';
import type { Cut } from './groups.ts';
import type { AnyFault, Targets } from './interval.ts';
import type { PartsInjector } from './parts.ts';

/** What faults are drawn for. */
export interface Scene {
  readonly nodes: readonly NodeId[];
  readonly durationMs: number;
  /** A pause must outlast this, or no client would notice it. */
  readonly callTimeoutMs: number;
  /** The least that a fault lasts, but for a pause: real clients make too few calls in a moment to show anything. */
  readonly shortestMs: number;
}

/** What a fault is checked against. */
export interface FaultFrame {
  readonly nodes: readonly NodeId[];
  readonly cluster: ClusterName;
}

/** What a plan is checked against. */
export interface PlanFrame extends FaultFrame {
  readonly callTimeoutMs: number;
}

/** A fault without its place in time. */
export type Sort<F extends AnyFault> = F extends AnyFault ? Omit<F, 'id' | 'fromMs' | 'toMs'> : never;

/** What `--faults NAME` draws. */
export interface NamedFault<F extends AnyFault = AnyFault> {
  /** A sentence for `splitbrain list faults`. */
  readonly says: string;
  /** The kind's own name does not draw it: it needs something that not every system has. */
  readonly onlyByName?: true;
  draw(draw: () => number, scene: Scene): Sort<F>;
}

/** Nodes that a fault sets apart from each other, by what they are called in figures. */
export type Side = 'majority' | 'minority' | 'hit' | 'others';

export interface FaultMeaning<F extends AnyFault> {
  readonly kind: F['kind'];
  /** What `--faults` takes; the kind's own name draws any of them. */
  readonly names: Readonly<Record<string, NamedFault<F>>>;
  /** The fields that a fault of the kind must have, beside its place in time, and what each can be. */
  readonly fields: Readonly<Record<string, (value: unknown) => boolean>> & {
    readonly [K in OwnFields<F>]: (value: unknown) => boolean;
  };
  /** The kinds that a claim must tolerate to cover this fault. */
  covers(fault: F): readonly FaultKind[];
  /** The nodes that it is aimed at, or a role that is resolved when it begins. */
  targets(fault: F): Targets;
  /** The fault as it is made once it is known which nodes have its role. Absent: as it was planned. */
  resolved?(fault: F, targets: readonly NodeId[], nodes: readonly NodeId[]): F;
  /** The plainest fault of the kind that is aimed at one node, for an exhaustive search. Absent: none is that plain. */
  plainest?(node: NodeId, nodes: readonly NodeId[]): Sort<F>;
  /** The same fault in a cluster without this node; nothing where nothing is left of it. */
  withoutNode(fault: F, node: NodeId): F | undefined;
  /** The least that a drawn fault lasts, in ms. */
  shortestMs(scene: Scene): number;
  /**
   * What is wrong with the fault, a sentence each. Names, times
   * and targets that are no nodes are looked at for all kinds alike.
   */
  problems(fault: F, frame: FaultFrame): readonly string[];
  /** What is wrong with all faults of the kind together. */
  problemsOfAll?(faults: readonly F[], frame: PlanFrame): readonly string[];
  /** How a timeline draws a node that it hits. */
  readonly drawnAs: DrawnAs;
  /** What happened to a node that it hit, where that is all there is to see: `died`. */
  readonly happened?: string;
  /** What was done, with the nodes that it hit: `crash n2, disk lost`. */
  words(fault: F, hit: string): string;
  /** What a node that it hit was like meanwhile, in a word or two: `paused`. */
  nodeWords(fault: F, effect: FaultEffect, node: NodeId): string;
  /** The same fault with one effect less, for shrinking; the best first. */
  simpler(fault: F): Iterable<F>;
  /**
   * Whether it was seen, from outside the nodes, to do anything. There is no default: what was not seen had no effect.
   */
  hadEffect(begun: Measured, ended: Measured): boolean;
  /** Whether it may keep a node that it hits from answering, and not only the node's messages from arriving. */
  readonly hindersNodes: boolean;
  /** A node that it hits answers nobody while it lasts: it is dead, or stopped. */
  readonly takesNodes?: true;
  /** Along which pairs no message passes while it lasts, where these nodes have its role. */
  cuts?(fault: F, hit: readonly NodeId[], nodes: readonly NodeId[]): Cut;
  /** Whether the pairs stay cut while it lasts. Absent: they do. */
  isSteady?(fault: F): boolean;
  /** How it divides the nodes; `hit` are those that it was seen to hit. */
  sides(fault: F, hit: readonly NodeId[], nodes: readonly NodeId[]): readonly (readonly [Side, readonly NodeId[]])[];
  /** How it is made of faults of other kinds, by cluster. Absent: each cluster has an injector of its own. */
  readonly injectors?: { readonly [C in ClusterName]?: PartsInjector<F> };
}

/** The fields that each fault of a kind has beside those of all faults. */
type OwnFields<F extends AnyFault> = {
  [K in Exclude<keyof F, keyof AnyFault>]-?: undefined extends F[K] ? never : K;
}[Exclude<keyof F, keyof AnyFault>];

/** How a timeline draws a node during a fault. */
export type DrawnAs = 'cut' | 'links' | 'down' | 'paused' | 'clock' | 'disk' | 'out' | 'chore';
