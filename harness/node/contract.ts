/**
 * What a system owes the harness whatever it claims: a replica, the functions of its datatype,
 * and outputs of their type. One that does not keep it has no verdict, since a history of wrong
 * answers would accuse it of the wrong thing: the run is an error that says who, what and where.
 */
import { functionsOf, nameOf, returnedInRun, withArticle } from 'elle-ts';
import { type NodeId, Refused } from '../../systems/node.ts';
import type { Replica, System } from '../../systems/system.ts';
import { HarnessFailure } from '../failure.ts';
import { overTheWire } from './wire.ts';

type Named = Pick<System, 'name' | 'datatype'>;

/** What a system's start came to, if that is a replica. Throws `HarnessFailure`. */
export function replicaOf({ name }: Named, node: NodeId, started: unknown): Replica {
  if (isRecord(started) && isRecord(started.api)) return started as unknown as Replica;
  throw new HarnessFailure(
    `${name} started on ${node} without a replica: start() is to return { api, state }, and returned ${sampleOf(started)}`,
  );
}

/** The replica's own function of this name. Throws `HarnessFailure`. */
export function operationOf({ name }: Named, node: NodeId, { api }: Replica, f: string): Replica['api'][string] {
  const operation = api[f];
  if (typeof operation === 'function') return operation;
  throw new HarnessFailure(
    `${name} has no function ${f} at ${node}: add it to the api that start() returns, or leave it out of the workload with without: ['${f}']`,
  );
}

/**
 * What a call returned, as the client gets it: what updates return is dropped,
 * since only observations count. Throws `Refused` where an update says `false`,
 * and `HarnessFailure` where a value is none that the datatype's function could return.
 */
export function outputOf(
  { name, datatype }: Named,
  node: NodeId,
  { f, input }: { readonly f: string; readonly input: unknown },
  output: unknown,
): unknown {
  const wrong = (what: string) =>
    new HarnessFailure(`${name} returned ${sampleOf(output)} from ${f} at ${node}: ${what}`);
  let plain: unknown;
  try {
    plain = overTheWire(output);
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
  // Not a number is null on the wire, which would be somebody's value.
  if (typeof output === 'number' && !Number.isFinite(output)) throw wrong('no number that JSON can hold');
  if (isTooLarge(plain)) throw wrong(`more than ${LARGEST} values, and no workload asks for so many`);
  const record = functionsOf(datatype)?.functions[f];
  if (!record) return plain;
  const told = returnedInRun(record, input, plain);
  if (told.is === 'refusal') throw new Refused(told.error, { answer: true });
  if (told.is === 'wrong') throw wrong(`${withArticle(f)} of ${withArticle(nameOf(datatype))} ${told.what}`);
  return told.output;
}

/** How many values an output may hold, nested ones and every thousand characters of a text included. */
const LARGEST = 1_000_000;

function isTooLarge(output: unknown): boolean {
  let left = LARGEST;
  const count = (value: unknown): void => {
    if (left < 0) return;
    left -= 1;
    if (typeof value === 'string') left -= Math.floor(value.length / 1000);
    else if (Array.isArray(value)) for (const item of value) count(item);
    else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) count(item);
  };
  count(output);
  return left < 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sampleOf(output: unknown): string {
  if (output === undefined) return 'nothing';
  if (typeof output === 'number' || typeof output === 'function' || typeof output === 'bigint')
    return String(output).slice(0, 60);
  let text: string | undefined;
  try {
    text = JSON.stringify(output);
  } catch {
    text = undefined;
  }
  return (text ?? String(output)).slice(0, 60);
}

const { parse, stringify } = JSON;

/**
 * Whether the two functions of JSON are those that the harness reads and writes with. A system shares them, and one
 * that puts others in their place would garble the harness's own words: they are put back, and the run is an error.
 */
export function isJsonWhole(): boolean {
  if (JSON.parse === parse && JSON.stringify === stringify) return true;
  JSON.parse = parse;
  JSON.stringify = stringify;
  return false;
}

/** The sentence for a system that replaced them. */
export function brokenJson(system: string): string {
  return `${system} replaced JSON.stringify or JSON.parse, with which the harness reads and writes: let it keep functions of its own`;
}
