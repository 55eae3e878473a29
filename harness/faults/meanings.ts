/** What is known of each kind of fault. A kind without a meaning does not compile. */
import type { NodeId } from '../../systems/node.ts';
import type { FaultKind } from '../../systems/system.ts';
import { BadInput } from '../failure.ts';
import type { FaultEffect } from './effect.ts';
import type { Fault } from './fault.ts';
import { kinds } from './kinds.ts';
import type { DrawnAs, FaultMeaning } from './meaning.ts';

/** The built-in kinds, of which claims can name those of `FaultKind`. */
export const meanings: { readonly [K in FaultKind]: FaultMeaning<Extract<Fault, { readonly kind: K }>> } & {
  readonly [K in Fault['kind']]: FaultMeaning<Extract<Fault, { readonly kind: K }>>;
} = kinds;

/** Kinds that modules of the user's own brought into this thread, by name, each with the module that it is from. */
const brought = new Map<string, { readonly meaning: FaultMeaning<Fault>; readonly from: string }>();

/** Makes a kind known that a module brings. Throws `BadInput` where its name is taken by another. */
export function bringKind(meaning: FaultMeaning<Fault>, from: string): void {
  const { kind } = meaning;
  if (Object.hasOwn(meanings, kind))
    throw new BadInput(`${from}: ${kind} is a built-in kind of fault: name it otherwise`);
  const known = brought.get(kind);
  if (known && known.from !== from)
    throw new BadInput(
      `${from}: the kind of fault ${kind} is already brought by ${known.from}: name one of them otherwise`,
    );
  brought.set(kind, { meaning, from });
}

/** The kinds that are known in this thread: the built-in ones first. */
export function knownKinds(): readonly string[] {
  return [...Object.keys(meanings), ...brought.keys()];
}

/** All meanings that are known in this thread. */
export function knownMeanings(): readonly FaultMeaning<Fault>[] {
  const builtIn = Object.values(meanings) as readonly unknown[] as readonly FaultMeaning<Fault>[];
  return [...builtIn, ...[...brought.values()].map(({ meaning }) => meaning)];
}

/** What is known of a fault's kind. Throws `BadInput` for a kind whose module was not loaded. */
export function meaningOf<F extends Fault>({ kind }: F): FaultMeaning<F> {
  const meaning = Object.hasOwn(meanings, kind) ? meanings[kind] : brought.get(kind)?.meaning;
  if (!meaning) throw new BadInput(`there is no kind of fault ${kind} here: name its module among the faults`);
  return meaning as unknown as FaultMeaning<F>;
}

/** All kinds that a claim must tolerate to cover these faults. */
export function kindsAmong(faults: readonly Fault[]): readonly FaultKind[] {
  return [...new Set(faults.flatMap((fault) => meaningOf(fault).covers(fault)))].sort();
}

/** A fault, and what it was seen to do. */
export interface Observed {
  readonly fault: Fault;
  readonly began: FaultEffect;
  readonly ended: FaultEffect;
  /** Of a kind that a module brought: how it is told where the module is not loaded. */
  readonly told?: ToldFault;
}

/** A fault of a kind from outside as reports tell it: its meaning's words, stored with the run. */
export interface ToldFault {
  /** What was done, with the nodes that it hit. */
  readonly words: string;
  readonly drawnAs: DrawnAs;
  readonly happened?: string;
  /** What the nodes that it hit were like meanwhile. */
  readonly nodes: Readonly<Record<NodeId, string>>;
}

/** How a fault of a kind from outside is told once its effect is known; nothing for a built-in kind. */
export function toldOf(observed: Observed): ToldFault | undefined {
  const { fault, began } = observed;
  if (Object.hasOwn(meanings, fault.kind)) return undefined;
  const { drawnAs, happened } = meaningOf(fault);
  const nodes = Object.fromEntries(
    nodesHit(observed).map((node) => [node, meaningOf(fault).nodeWords(fault, began, node)]),
  );
  return { words: faultText(observed), drawnAs, ...(happened === undefined ? {} : { happened }), nodes };
}

/** Whether the fault was seen to do anything, from outside the nodes. */
export function hadEffect({ fault, began, ended }: Observed): boolean {
  if (began === 'indeterminate' || ended === 'indeterminate' || began.targets.length === 0) return false;
  return meaningOf(fault).hadEffect(began, ended);
}

/** The nodes that a fault hit: as measured, or as planned where nothing was measured. */
export function nodesHit({ fault, began, told }: Pick<Observed, 'fault' | 'began' | 'told'>): readonly NodeId[] {
  if (began !== 'indeterminate') return began.targets;
  if (told) return Object.keys(told.nodes);
  const targets = meaningOf(fault).targets(fault);
  return typeof targets === 'string' ? [] : targets;
}

/** What was done: `partition n1 | n2 n3`, `crash n2, disk lost`. */
export function faultText(observed: Pick<Observed, 'fault' | 'began' | 'told'>): string {
  const { fault, told } = observed;
  if (told) return told.words;
  const targets = meaningOf(fault).targets(fault);
  const planned = typeof targets === 'string' ? targets : targets.join(' ');
  return meaningOf(fault).words(fault, nodesHit(observed).join(' ') || planned);
}

/** What nodes that it hit are drawn as, and what happened to them where that is all there is to see. */
export function drawingOf({ fault, told }: Pick<Observed, 'fault' | 'told'>): Pick<ToldFault, 'drawnAs' | 'happened'> {
  return told ?? meaningOf(fault);
}

/** What a node that it hit was like meanwhile, in a word or two. */
export function nodeText({ fault, began, told }: Pick<Observed, 'fault' | 'began' | 'told'>, node: NodeId): string {
  return told ? (told.nodes[node] ?? '') : meaningOf(fault).nodeWords(fault, began, node);
}
