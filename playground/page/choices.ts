/** Scenarios that follow from what somebody chooses: everything else stays as it was, as far as it can. */
import { meanings } from '../../harness/faults/meanings.ts';
import type { Setting } from '../../harness/setting/plan.ts';
import type { Catalogue, DesignEntry } from '../engine/catalogue.ts';
import type { Scenario } from '../engine/scenario.ts';
import { amongNodes } from '../plan/placing.ts';

const PATIENCE_MS = 500;

export function designOf({ designs }: Catalogue, { setting }: Scenario): DesignEntry {
  return designs.find(({ name }) => name === setting.system)!;
}

/** The designs of one folder: slide, sound ones, twins. */
export function family({ designs }: Catalogue, { folder }: Pick<DesignEntry, 'folder'>): readonly DesignEntry[] {
  return designs.filter((one) => one.folder === folder);
}

/** A small run of the design with the faults that it says it tolerates. */
export function firstScenario(catalogue: Catalogue, name: string, seed = 1): Scenario {
  const design = catalogue.designs.find((one) => one.name === name)!;
  const workload = design.workloads[0]!;
  const nodes = nodesNamed(3);
  const durationMs = 3000;
  const options = {
    clients: 5,
    nodes,
    durationMs,
    ratePerSecond: 20,
    keys: 2,
    mix: mixOf(catalogue, design, workload),
  };
  const setting: Setting = {
    ...{ system: name, workload, cluster: 'simulation', seed, nodes, options },
    faults: toleratedBy(design),
    callTimeoutMs: PATIENCE_MS,
  };
  return { setting, given: {} };
}

/** The kinds of fault that the design's first claim is for, those that a simulation draws by their name. */
function toleratedBy({ claims }: DesignEntry): readonly string[] {
  const under = claims.find((claim) => claim.under.length > 0)?.under ?? ['partition'];
  return under.filter((kind) => kind in meanings && kind !== 'chore' && kind !== 'services');
}

function mixOf({ workloads }: Catalogue, { without }: DesignEntry, name: string): Setting['options']['mix'] {
  const { mix } = workloads.find((one) => one.name === name)!;
  return Object.fromEntries(Object.entries(mix).filter(([f]) => !without.includes(f)));
}

function nodesNamed(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `n${i + 1}`);
}

/** The same for another design: a variant of the same datatype gets the same calls and faults. */
export function withDesign(catalogue: Catalogue, scenario: Scenario, name: string): Scenario {
  const before = designOf(catalogue, scenario);
  const design = catalogue.designs.find((one) => one.name === name)!;
  const { setting, given } = scenario;
  if (design.folder !== before.folder) return firstScenario(catalogue, name, setting.seed);
  if (design.datatype === before.datatype) {
    const mix = mixOf(catalogue, design, setting.workload);
    return { setting: { ...setting, system: name, options: { ...setting.options, mix } }, given };
  }
  const fresh = firstScenario(catalogue, name, setting.seed).setting;
  const { nodes, faults } = setting;
  const options = { ...setting.options, mix: fresh.options.mix };
  return { setting: { ...fresh, nodes, faults, options }, given: given.faults ? { faults: given.faults } : {} };
}

export function withWorkload(catalogue: Catalogue, { setting, given }: Scenario, workload: string): Scenario {
  const mix = mixOf(catalogue, designOf(catalogue, { setting, given }), workload);
  return drawnAnew({ setting: { ...setting, workload, options: { ...setting.options, mix } }, given });
}

export function withNodes({ setting, given }: Scenario, count: number): Scenario {
  const nodes = nodesNamed(count);
  const options = { ...setting.options, nodes };
  const faults = given.faults && amongNodes(given.faults, setting.nodes, nodes);
  return drawnAnew({ setting: { ...setting, nodes, options }, given: faults ? { faults } : {} });
}

export function withSeed({ setting, given }: Scenario, seed: number): Scenario {
  return drawnAnew({ setting: { ...setting, seed }, given });
}

export function withOptions({ setting, given }: Scenario, part: Partial<Setting['options']>): Scenario {
  return drawnAnew({ setting: { ...setting, options: { ...setting.options, ...part } }, given });
}

/** Faults that somebody placed stay; calls and delays are those of the seed. */
function drawnAnew({ setting, given: { faults } }: Scenario): Scenario {
  return { setting, given: faults ? { faults } : {} };
}
