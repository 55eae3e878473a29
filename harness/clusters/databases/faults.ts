/** Begins and ends the faults of a run with real software: whom they hit, how they are made, what effect they had. */
import type { NodeId } from '../../../systems/node.ts';
import { HarnessFailure } from '../../failure.ts';
import type { FaultEffect } from '../../faults/effect.ts';
import type { Fault } from '../../faults/fault.ts';
import { meaningOf } from '../../faults/meanings.ts';
import { resolveTargets } from '../../faults/targets.ts';
import { ComposedFaults, partsInjectorOf } from '../composed-faults.ts';
import type { Exits } from './exits.ts';
import { type Injected, injectorOf } from './injectors.ts';
import type { Nodes } from './nodes.ts';

interface Surroundings {
  readonly cluster: Injected & ConstructorParameters<typeof ComposedFaults>[0];
  readonly members: Nodes;
  readonly exits: Exits;
  readonly seed: number;
  elapsed(): number;
  leader(): Promise<NodeId | undefined>;
}

export class DatabaseFaults {
  private readonly around: Surroundings;
  private readonly composed: ComposedFaults;

  constructor(around: Surroundings) {
    this.around = around;
    this.composed = new ComposedFaults(around.cluster);
  }

  async begin(fault: Fault): Promise<FaultEffect> {
    const { cluster, members, exits, seed } = this.around;
    const asks = meaningOf(fault).targets(fault) === 'primary';
    const primary = asks ? await this.around.leader() : undefined;
    const targets = resolveTargets(fault, cluster.nodes, seed, primary);
    cluster.faults.begin(fault, targets);
    const parts = partsInjectorOf(fault, cluster.name);
    if (parts) return this.composed.begin(fault, targets, parts);
    const injector = known(fault);
    const nodes = targets.map((id) => members.of(id));
    exits.explain(fault, targets);
    const pids = await injector.inject(fault, nodes, cluster);
    return { targets, ...(await injector.effect(fault, nodes, cluster)), ...(pids ? { pids } : {}) };
  }

  async end(fault: Fault): Promise<FaultEffect> {
    const { cluster, members, exits } = this.around;
    const targets = cluster.faults.targetsOf(fault);
    cluster.faults.end(fault);
    if (partsInjectorOf(fault, cluster.name)) return this.composed.end(fault, targets);
    const injector = known(fault);
    const nodes = targets.map((id) => members.of(id));
    const before = injector.endsWithFault && (await injector.effect(fault, nodes, cluster));
    const pids = await injector.lift(fault, nodes, cluster);
    const effect = before ?? (await injector.effect(fault, nodes, cluster));
    exits.explainAfter(fault, targets, cluster.database.noticesMs);
    await exits.startBroken();
    return { targets, ...effect, ...(pids ? { pids } : {}) };
  }
}

function known(fault: Fault) {
  const injector = injectorOf(fault);
  if (!injector) throw new HarnessFailure(`databases cannot be given the fault ${fault.kind}`);
  return injector;
}
