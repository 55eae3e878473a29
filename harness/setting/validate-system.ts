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
    if (!holds) throw new BadInput(`${where} is not a system: it needs ${what}`);
  };
  needs(isText(system.name), 'a name');
  needs(system.datatype !== undefined, 'a datatype, such as register');
  needs(
    isProgram(system as System) || isDatabase(system as System) || hasStart(system as System),
    'a function start(node), or commands(host) where it is a database',
  );
  if (isDatabase(system as System)) refuseDatabase(system as unknown as Fields, needs);
  needs(Array.isArray(system.claims), 'claims, a list that may be empty');
  for (const [i, claim] of (system.claims ?? []).entries())
    refuseClaim((claim ?? {}) as unknown as Readonly<Record<string, unknown>>, i, where);
  const datatype = offeredIn(system.datatype, `${where}: datatype`);
  return datatype === system.datatype ? (system as System) : { ...(system as System), datatype };
}

type Fields = Readonly<Record<string, unknown>>;

const ASKED = ['prepare', 'form', 'whole', 'primary', 'clock', 'sees', 'content', 'operate', 'rejoin'];

/** What the harness asks of a database, as far as a value can show it. */
function refuseDatabase(database: Fields, needs: (holds: boolean, what: string) => void): void {
  const { programs, ports, chores } = database;
  const isCall = (value: unknown) => typeof value === 'function';
  const isRecordOf = (value: unknown, fits: (field: unknown) => boolean) =>
    typeof value === 'object' && value !== null && Object.values(value).every(fits);
  needs(isCall(database.commands), 'a function commands(host, life)');
  needs(isCall(database.connect), 'a function connect(host)');
  const isExecutable = (value: unknown) =>
    isRecordOf(value, () => true) && Array.isArray((value as Fields).version) && isText((value as Fields).install);
  needs(
    isRecordOf(programs, isExecutable),
    "programs, as in { etcd: { version: ['--version'], install: 'apt-get ...' } }",
  );
  needs(
    isRecordOf(ports, (who) => who === 'peers' || who === 'clients'),
    "ports, as in { peer: 'peers', client: 'clients' }",
  );
  for (const key of ['noticesMs', 'readyMs'])
    needs(typeof database[key] === 'number' && (database[key] as number) > 0, `${key}, a number of ms above 0`);
  for (const key of ASKED) needs(database[key] === undefined || isCall(database[key]), `${key} to be a function`);
  const isChore = (value: unknown) => isRecordOf(value, () => true) && isCall((value as Fields).do);
  needs(chores === undefined || isRecordOf(chores, isChore), 'chores, each with says and do(hosts, controls)');
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
  const { answered } = claim;
  const isShare = typeof answered === 'number' && answered >= 0 && answered <= 1;
  needs('answered', answered === undefined || isShare, 'a share from 0 to 1');
  needs('recoversMs', typeof claim.recoversMs === 'number' && claim.recoversMs > 0, 'a number of ms above 0');
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';
