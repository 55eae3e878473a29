/** The faults that can be asked for, by name. */
import type { FaultKind } from '../../systems/system.ts';
import { BadInput } from '../failure.ts';
import { isOwnModule } from '../setting/own-module.ts';
import { unknownName } from '../setting/suggestions.ts';
import { pick } from './common.ts';
import type { Fault } from './fault.ts';
import type { NamedFault } from './meaning.ts';
import { meaningOf, meanings } from './meanings.ts';

const SAYS_ANY: Readonly<Record<string, string>> = {
  partition: 'any partition below',
  link: 'any bad link below',
  clock: 'any clock fault below',
  disk: 'any disk fault below',
};

/**
 * Every fault by the name that `--faults` takes: first the kinds, each of which draws among its own, then all others.
 */
export const NAMED: Readonly<Record<string, NamedFault>> = (() => {
  const all = Object.values(meanings) as readonly { kind: string; names: Readonly<Record<string, NamedFault>> }[];
  const kinds = all.flatMap(({ kind, names }) => {
    const drawn = Object.values(names).filter(({ onlyByName }) => !onlyByName);
    return drawn.length === 0 ? [] : [[kind, names[kind] ?? anyOf(kind, drawn)] as const];
  });
  return Object.fromEntries([...kinds, ...all.flatMap(({ names }) => Object.entries(names))]);
})();

function anyOf(kind: string, faults: readonly NamedFault[]): NamedFault {
  return {
    says: SAYS_ANY[kind] ?? `any ${kind} fault below`,
    draw: (draw, scene) => pick(draw, faults).draw(draw, scene),
  };
}

/**
 * Names for several at once. `all` leaves out what no design survives,
 * lost and lying disks; neither changes members, which few designs can.
 */
export const MIXES: Readonly<Record<string, readonly string[]>> = {
  none: [],
  all: ['partition', 'link', 'crash', 'pause', 'clock'],
  everything: ['partition', 'link', 'crash', 'pause', 'clock', 'disk'],
};

/**
 * The single names behind those given; of a module of the user's
 * own its path. Throws `BadInput` for a name that does not exist.
 */
export function faultNames(given: readonly string[]): readonly string[] {
  const names = given.flatMap((name) => MIXES[name] ?? [name]);
  const unknown = names.find((name) => !(name in NAMED) && !isOwnModule(name));
  if (unknown !== undefined) throw new BadInput(unknownName('fault', unknown, Object.keys({ ...MIXES, ...NAMED })));
  return [...new Set(names)];
}

/** The kinds of fault that these names stand for. Throws `BadInput` for a name that does not exist. */
export function kindsOfNames(given: readonly string[]): readonly FaultKind[] {
  const scene = { nodes: ['n1', 'n2', 'n3'], durationMs: 1000, callTimeoutMs: 100, shortestMs: 1 };
  const kinds = faultNames(given).flatMap((name) => {
    const sort = NAMED[name]?.draw(() => 0, scene) as Fault | undefined;
    return sort ? meaningOf(sort).covers(sort) : [];
  });
  return [...new Set(kinds)];
}
