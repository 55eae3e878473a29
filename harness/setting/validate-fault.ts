/** What a user's own module must export to be drawn as a fault, and what it must draw. */
import { FAULT_KINDS, type FaultKind } from '../../systems/system.ts';
import { BadInput } from '../failure.ts';
import type { Fault } from '../faults/fault.ts';
import type { NamedFault, Sort } from '../faults/meaning.ts';
import { unknownName } from './suggestions.ts';
import { shown } from './validate-results.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The fault that this value is, of which each that it draws is looked at, too. Throws `BadInput`, with `where` first.
 */
export function namedFaultIn(value: unknown, where: string): NamedFault {
  const { says, draw } = (value ?? {}) as Partial<NamedFault>;
  const needs = (holds: boolean, what: string) => {
    if (!holds) throw new BadInput(`${where} is no fault: it needs ${what}`);
  };
  needs(typeof says === 'string' && says !== '', 'says, a sentence about it');
  needs(typeof draw === 'function', 'a function draw(draw, scene)');
  const named = value as NamedFault;
  return { says: named.says, draw: (next, scene) => sortIn(named.draw(next, scene), where) };
}

/** What the fields of a fault are; its meaning says which numbers it takes. */
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const isList = (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string');
const ROLES = ['primary', 'one', 'minority', 'majority', 'all'];
const isTargets = (value: unknown) => isList(value) || ROLES.includes(value as string);
const isCut = (value: unknown) => Array.isArray(value) && value.every((pair) => isList(pair) && pair.length === 2);
const isWord = (value: unknown) => typeof value === 'string';

const FIELDS: { readonly [K in FaultKind]?: Readonly<Record<string, (value: unknown) => boolean>> } = {
  partition: { cut: isCut },
  link: { among: isList, drop: isNumber, duplicate: isNumber, delayMs: isNumber, jitterMs: isNumber },
  crash: { targets: isTargets, disk: isWord },
  pause: { targets: isTargets },
  clock: { targets: isTargets, how: isWord, byMs: isNumber },
  disk: { targets: isTargets, how: isWord, chance: isNumber },
  membership: { targets: isTargets },
};

function sortIn(value: unknown, where: string): Sort<Fault> {
  const fault = (value ?? {}) as Fields;
  const kinds = FAULT_KINDS.filter((kind) => FIELDS[kind]);
  const fields = FIELDS[fault.kind as FaultKind];
  if (!fields)
    throw new BadInput(
      `${where}: draw() returned ${shown(value)}: ${unknownName('kind of fault', String(fault.kind), kinds)}`,
    );
  for (const [name, fits] of Object.entries(fields))
    if (!fits(fault[name]))
      throw new BadInput(
        `${where}: draw() returned ${shown(value)}: ${name} of a ${String(fault.kind)} is ${shown(fault[name])}`,
      );
  const time = ['id', 'fromMs', 'toMs'].find((name) => name in fault);
  if (time !== undefined)
    throw new BadInput(`${where}: draw() returned ${shown(value)}: ${time} is drawn by the plan, and is left out`);
  return value as Sort<Fault>;
}
