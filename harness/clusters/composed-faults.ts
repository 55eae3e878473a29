/** Faults that are made of others, the same for all clusters: each part is a fault of the cluster's own. */
import type { NodeId } from '../../systems/node.ts';
import { errorText, HarnessFailure } from '../failure.ts';
import type { FaultEffect, Measured } from '../faults/effect.ts';
import type { Fault } from '../faults/fault.ts';
import type { AnyFault } from '../faults/interval.ts';
import { meaningOf } from '../faults/meanings.ts';
import type { FaultPart, FaultTools, PartsInjector } from '../faults/parts.ts';
import { problemsOfFault } from '../faults/problems.ts';
import type { ClusterName } from './names.ts';

/** What is needed of the cluster that makes the parts. */
interface Whole {
  readonly name: ClusterName;
  readonly nodes: readonly NodeId[];
  /** Makes a fault of a kind that the cluster has an injector for. */
  begin(part: Fault): Promise<FaultEffect>;
  end(part: Fault): Promise<FaultEffect>;
  sleep(ms: number): Promise<void>;
  pid(node: NodeId): number | undefined;
  /** Whether the cluster can make the part; else why not. */
  can(part: Fault): true | string;
}

/** Ids of parts are above all ids of a plan: the part's number, then the id of the fault that it is a part of. */
const PARTS = 1_000_000;

/** The id of the planned fault that this one is, or is a part of. */
export const plannedId = (id: number): number => id % PARTS;

/** How a cluster makes a fault out of others; nothing where it has means of its own, or none. */
export function partsInjectorOf(fault: Fault, cluster: ClusterName): PartsInjector<Fault> | undefined {
  return meaningOf(fault).injectors?.[cluster];
}

/** The composed faults that last, and what their parts were seen to do. */
export class ComposedFaults {
  private readonly whole: Whole;
  private readonly lasting = new Map<number, Composed>();

  constructor(whole: Whole) {
    this.whole = whole;
  }

  /** Rejects with `HarnessFailure` where the code that composes it throws. */
  async begin(fault: Fault, targets: readonly NodeId[], injector: PartsInjector<Fault>): Promise<FaultEffect> {
    const composed = new Composed(this.whole, fault);
    this.lasting.set(fault.id, composed);
    await composed.begin(injector, targets);
    return composed.effect(targets);
  }

  /** Rejects with `HarnessFailure` where the code that ends it throws. */
  async end(fault: Fault, targets: readonly NodeId[]): Promise<FaultEffect> {
    const composed = this.lasting.get(fault.id);
    this.lasting.delete(fault.id);
    await composed?.end();
    return composed?.effect(targets) ?? 'indeterminate';
  }
}

/** One composed fault while it lasts. */
class Composed {
  private readonly whole: Whole;
  private readonly fault: Fault;
  private readonly parts: Part[] = [];
  private finish: (() => Promise<Partial<Measured> | undefined>) | undefined;
  private added: Partial<Measured> = {};

  constructor(whole: Whole, fault: Fault) {
    this.whole = whole;
    this.fault = fault;
  }

  async begin(injector: PartsInjector<Fault>, targets: readonly NodeId[]): Promise<void> {
    const { whole } = this;
    const tools: FaultTools = {
      nodes: whole.nodes,
      begin: (part) => this.add(part),
      sleep: (ms) => whole.sleep(ms),
      pid: (node) => whole.pid(node),
    };
    const finish: unknown = await this.told('began', () => injector.begin(this.fault, targets, tools));
    if (typeof finish !== 'function')
      throw new HarnessFailure(`the fault ${this.fault.kind} has no end: its begin() resolves to no function`);
    this.finish = finish as () => Promise<Partial<Measured> | undefined>;
  }

  async end(): Promise<void> {
    const { finish } = this;
    this.added = (finish && (await this.told('ended', finish))) || {};
    for (const part of this.parts) await part.end();
  }

  effect(targets: readonly NodeId[]): FaultEffect {
    const effects = [...this.parts.flatMap(({ effect }) => effect ?? []), { targets, ...this.added }];
    return effects.includes('indeterminate') ? 'indeterminate' : sumOf(targets, effects as readonly Measured[]);
  }

  private async add(asked: Pick<AnyFault, 'kind'>): Promise<FaultPart> {
    const { id, fromMs, toMs } = this.fault;
    const fault = { ...asked, id: (this.parts.length + 1) * PARTS + id, fromMs, toMs } as Fault;
    const { nodes, name: cluster } = this.whole;
    const problems = problemsOfFault(fault, { nodes, cluster }, (part) => this.whole.can(part));
    if (problems.length > 0)
      throw new HarnessFailure(`a part of the fault ${this.fault.kind} (${fault.kind}): ${problems.join('; ')}`);
    const part = new Part(this.whole, fault);
    this.parts.push(part);
    await part.begin();
    return { end: () => part.end() };
  }

  private async told<T>(when: string, task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      if (error instanceof HarnessFailure) throw error;
      throw new HarnessFailure(`the fault ${this.fault.kind} threw an error when it ${when}: ${errorText(error)}`);
    }
  }
}

/** A part, which ends once. */
class Part {
  private readonly whole: Whole;
  private readonly fault: Fault;
  private ended: Promise<FaultEffect> | undefined;
  /** What it was seen to do so far; nothing before it has begun. */
  effect: FaultEffect | undefined;

  constructor(whole: Whole, fault: Fault) {
    this.whole = whole;
    this.fault = fault;
  }

  async begin(): Promise<void> {
    try {
      this.effect = await this.whole.begin(this.fault);
    } catch (error) {
      this.effect = 'indeterminate';
      throw error;
    }
  }

  end(): Promise<FaultEffect> {
    this.ended ??= this.finish();
    return this.ended;
  }

  private async finish(): Promise<FaultEffect> {
    const ended = await this.whole.end(this.fault);
    const { effect } = this;
    // Who died is seen when it begins, and what was lost when it ends.
    this.effect = effect === 'indeterminate' || ended === 'indeterminate' ? 'indeterminate' : { ...effect, ...ended };
    return ended;
  }
}

/** What the parts were seen to do together. */
function sumOf(targets: readonly NodeId[], effects: readonly Measured[]): Measured {
  const sum: { -readonly [K in keyof Measured]: Measured[K] } = { targets };
  for (const name of ['cut', 'touched', 'writes', 'done'] as const) {
    const counts = effects.flatMap((effect) => effect[name] ?? []);
    if (counts.length > 0) sum[name] = counts.reduce((a, b) => a + b, 0);
  }
  const without = effects.flatMap((effect) => effect.without ?? []);
  if (without.length > 0) sum.without = Math.max(...without);
  const lists = { hit: effects.flatMap(({ hit }) => hit ?? []), pids: effects.flatMap(({ pids }) => pids ?? []) };
  if (lists.hit.length > 0) sum.hit = [...new Set(lists.hit)];
  if (lists.pids.length > 0) sum.pids = [...new Set(lists.pids)];
  const offsets = effects.flatMap(({ offsetMs }) => offsetMs ?? []);
  return offsets.length > 0 ? { ...sum, offsetMs: offsets } : sum;
}
