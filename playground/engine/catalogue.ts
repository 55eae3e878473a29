/** What can be chosen in the playground, of the registries: as data, for the page does not load the designs itself. */
import { nameOf } from 'elle-ts';
import { canInject } from '../../harness/clusters/simulation/injectors.ts';
import { NAMED } from '../../harness/faults/draw.ts';
import type { Fault } from '../../harness/faults/fault.ts';
import { meaningOf } from '../../harness/faults/meanings.ts';
import { fits } from '../../harness/setting/fitting.ts';
import { systems } from '../../systems/registry.ts';
import type { Claim, Design } from '../../systems/system.ts';
import { workloads } from '../../workloads/registry.ts';

export interface Catalogue {
  readonly designs: readonly DesignEntry[];
  readonly workloads: readonly WorkloadEntry[];
  readonly faults: readonly FaultEntry[];
}

type Variant = 'slide' | 'sound' | 'twin';

export interface DesignEntry {
  readonly name: string;
  /** Its folder in `systems/`, whose designs are variants of each other. */
  readonly folder: string;
  readonly variant: Variant;
  readonly datatype: string;
  readonly claims: readonly Claim[];
  readonly without: readonly string[];
  readonly flaw?: NonNullable<Design['flaw']>;
  /** Names of those that fit, the usual one first. */
  readonly workloads: readonly string[];
}

interface WorkloadEntry {
  readonly name: string;
  readonly mix: Readonly<Record<string, number>>;
  readonly heedsKeys: boolean;
}

/** A fault as `--faults` names it, with one that was drawn to be placed. */
interface FaultEntry {
  readonly name: string;
  readonly says: string;
  readonly kind: Fault['kind'];
  /** The kind's own name draws among several. */
  readonly isKind: boolean;
}

export function catalogue(): Catalogue {
  return {
    designs: systems.map(entryOf),
    workloads: workloads.map(({ name, mix, heeds }) => ({ name, mix, heedsKeys: heeds.includes('keys') })),
    faults: Object.entries(NAMED).flatMap(([name, fault]) => {
      const drawn = { ...fault.draw(HALF, SCENE), id: 0, fromMs: 0, toMs: 1 } as Fault;
      if (canInject(drawn) !== true) return [];
      return [{ name, says: fault.says, kind: drawn.kind, isKind: !Object.hasOwn(meaningOf(drawn).names, name) }];
    }),
  };
}

const HALF = () => 0.5;
const SCENE = { nodes: ['n1', 'n2', 'n3'], durationMs: 1000, callTimeoutMs: 100, shortestMs: 1 };

function entryOf(design: Design): DesignEntry {
  const { name, datatype, claims, flaw, without = [] } = design;
  const [folder = name, variant = ''] = name.split('/');
  return {
    ...{ name, folder, claims, without, datatype: nameOf(datatype) },
    variant: variant.startsWith('slide') ? 'slide' : flaw ? 'twin' : 'sound',
    ...(flaw ? { flaw } : {}),
    workloads: workloads.filter((workload) => fits(workload, design)).map((workload) => workload.name),
  };
}
