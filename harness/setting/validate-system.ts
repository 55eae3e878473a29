/**
 * What a user's own module must export to be run at all. A claim that
 * cannot be judged must never look like a system that broke its word.
 */
import { isDatabase } from '../../databases/database.ts';
import { FAULT_KINDS, isDesign, isProgram, type System } from '../../systems/system.ts';
import { BadInput } from '../failure.ts';
import { unknownName } from './suggestions.ts';
import { offeredIn } from './validate-datatype.ts';

const AVAILABLE = ['total', 'majority', 'primary-side', 'none'];
const DURABLE = ['always', 'majority', 'no'];

/** The system that this value is. Throws `BadInput`, with `where` first, at what is missing or cannot be. */
export function systemIn(value: unknown, where: string): System {
  const system = (value ?? {}) as Partial<System>;
  const needs = (holds: boolean, what: string) => {
    if (!holds) throw new BadInput(`${where} is no system: it needs ${what}`);
  };
  needs(isText(system.name), 'a name');
  needs(system.datatype !== undefined, 'a datatype, such as register');
  needs(
    isProgram(system as System) || isDatabase(system as System) || hasStart(system as System),
    'a function start(node)',
  );
  needs(Array.isArray(system.claims), 'claims, a list that may be empty');
  for (const [i, claim] of (system.claims ?? []).entries())
    refuseClaim((claim ?? {}) as unknown as Readonly<Record<string, unknown>>, i, where);
  const datatype = offeredIn(system.datatype, `${where}: datatype`);
  return datatype === system.datatype ? (system as System) : { ...(system as System), datatype };
}

function hasStart(system: System): boolean {
  return isDesign(system) && typeof system.start === 'function';
}

function refuseClaim(claim: Readonly<Record<string, unknown>>, i: number, where: string): void {
  const at = (key: string) => `${where}: claims[${i}].${key}`;
  const oneOf = (key: string, value: unknown, what: string, names: readonly string[]) => {
    if (!names.includes(value as string)) throw new BadInput(`${at(key)}: ${unknownName(what, String(value), names)}`);
  };
  const needs = (key: string, holds: boolean, what: string) => {
    if (!holds) throw new BadInput(`${at(key)}: ${what} is needed, not ${JSON.stringify(claim[key]) ?? 'nothing'}`);
  };
  needs('model', isText(claim.model), 'the name of a model');
  needs('under', Array.isArray(claim.under), 'a list of kinds of fault');
  for (const kind of claim.under as readonly unknown[]) oneOf('under', kind, 'kind of fault', FAULT_KINDS);
  oneOf('available', claim.available, 'availability', AVAILABLE);
  oneOf('durable', claim.durable, 'durability', DURABLE);
  needs('converges', typeof claim.converges === 'boolean', 'true or false');
  needs('recoversMs', typeof claim.recoversMs === 'number' && claim.recoversMs > 0, 'a number of ms above 0');
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';
