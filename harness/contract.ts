/**
 * What a system owes the harness whatever it claims: a replica, the functions of its datatype, and answers of their type. One that does not
 * keep it has no verdict, since a history of wrong answers would accuse it of the wrong thing: the run is an error that says who, what and where.
 */
import type { NodeId } from '../systems/node.ts';
import type { Replica, System } from '../systems/system.ts';
import { HarnessFailure } from './failure.ts';
import { overTheWire } from './wire.ts';

type Named = Pick<System, 'name' | 'datatype'>;

/** What a right answer is, in words and as a test. */
interface Shape {
  readonly says: string;
  fits(output: unknown): boolean;
}

const VALUE: Shape = {
  says: 'a number, a string, a boolean or null',
  fits: (output) => output === null || ['number', 'string', 'boolean'].includes(typeof output),
};
const LIST: Shape = { says: 'an array', fits: Array.isArray };
const NUMBER: Shape = { says: 'a number', fits: (output) => typeof output === 'number' };
const RECORD: Shape = {
  says: 'an object',
  fits: (output) => typeof output === 'object' && output !== null && !Array.isArray(output),
};

/** The same with the version at which a replica answered, which some datatypes' answers may carry. */
const versioned = ({ says, fits }: Shape): Shape => ({
  says: `${says}, alone or as { value, version },`,
  fits: (output) => fits(output) || (RECORD.fits(output) && fits((output as { readonly value?: unknown }).value)),
});

/** By datatype and function. What is not here may answer anything: updates, of which only whether they were answered counts. */
const SHAPES: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  register: { read: VALUE },
  'lww-register': { read: versioned(VALUE) },
  'lww-map': { read: versioned(VALUE) },
  'mv-register': { read: versioned(LIST) },
  siblings: { read: RECORD },
  'session-register': { read: RECORD, write: RECORD },
  set: { read: LIST },
  'g-set': { read: versioned(LIST) },
  '2p-set': { read: versioned(LIST) },
  'or-set': { read: versioned(LIST) },
  list: { read: versioned(LIST) },
  counter: { read: NUMBER },
  'g-counter': { read: versioned(NUMBER) },
  'pn-counter': { read: versioned(NUMBER) },
  'replicated-counter': { read: versioned(NUMBER) },
  'list-append': { txn: LIST },
  'rw-register': { txn: LIST },
};

/** What a system's start came to, if that is a replica. Throws `HarnessFailure`. */
export function replicaOf({ name }: Named, node: NodeId, started: unknown): Replica {
  if (RECORD.fits(started) && RECORD.fits((started as Partial<Replica>).api)) return started as Replica;
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

/** The answer as the client gets it. Throws `HarnessFailure` where it is not of the function's type. */
export function answerOf({ name, datatype }: Named, node: NodeId, f: string, output: unknown): unknown {
  const answered = `${name} answered ${f} at ${node} with ${sampleOf(output)}`;
  let plain: unknown;
  try {
    plain = overTheWire(output);
  } catch (error) {
    throw new HarnessFailure(`${answered}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const shape = SHAPES[datatype]?.[f];
  const told = isStamped(plain) ? plain.value : plain;
  // Not a number is null on the wire, which would be somebody's value.
  if (shape && (!shape.fits(told) || !fitsOnTheWire(output)))
    throw new HarnessFailure(`${answered}: ${shape.says} is needed`);
  return plain;
}

/** A replica may tell with its answer which version of it this is, by which its growth is judged. */
function isStamped(answer: unknown): answer is { readonly value: unknown } {
  return (
    RECORD.fits(answer) &&
    Object.keys(answer as object)
      .sort()
      .join() === 'value,version'
  );
}

function fitsOnTheWire(output: unknown): boolean {
  return typeof output !== 'number' || Number.isFinite(output);
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
