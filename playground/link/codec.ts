/**
 * The part of the page's address after `#play=`: everything that determines a run, and the moment that is looked at.
 * JSON, compressed (deflate) and written in base64url. Names and numbers alone: it carries no code, and one that names
 * a module is refused.
 */
import { BadInput } from '../../harness/failure.ts';
import { faultNames } from '../../harness/faults/draw.ts';
import { meaningOf } from '../../harness/faults/meanings.ts';
import { isOwnModule } from '../../harness/setting/own-module.ts';
import type { Plan, Setting } from '../../harness/setting/plan.ts';
import { timeMs } from '../../harness/setting/reading.ts';
import { plan as readPlan, setting as readSetting, refuseUnfit } from '../../harness/setting/stored.ts';
import type { Scenario } from '../engine/scenario.ts';
import { MOST, refuseTooMuch } from './limits.ts';

/** What a link shows. */
export interface Shown {
  readonly scenario: Scenario;
  /** The moment that is looked at. */
  readonly atMs?: number;
}

const VERSION = 1;
/** A link whose text is longer than this when it is unpacked is none of ours. */
const LONGEST = 4_000_000;

/** The text of a link. */
export async function linkText({ scenario, atMs }: Shown): Promise<string> {
  const { setting, given } = scenario;
  const text = JSON.stringify({ v: VERSION, setting, given, ...(atMs === undefined ? {} : { atMs }) });
  return base64url(await through(new CompressionStream('deflate-raw'), new TextEncoder().encode(text)));
}

/** What a link's text shows. Rejects with `BadInput` that says what is wrong with it. */
export async function shownIn(text: string): Promise<Shown> {
  let value: unknown;
  try {
    const bytes = await through(new DecompressionStream('deflate-raw'), bytesOf(text));
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput('the link is damaged: it was cut off or changed on its way');
  }
  return checked(value);
}

interface Unknown {
  readonly v?: unknown;
  readonly setting?: unknown;
  readonly given?: unknown;
  readonly atMs?: unknown;
}

function checked(value: unknown): Shown {
  if (typeof value !== 'object' || value === null) throw new BadInput('the link shows nothing');
  const { v, setting, given, atMs } = value as Unknown;
  if (v !== VERSION) throw new BadInput(`the link is of version ${String(v)}, and this page reads ${VERSION}`);
  readSetting(setting, 'setting');
  const known = settingOf(setting as Setting);
  refuseTooMuch(known);
  if (atMs !== undefined) timeMs(atMs, 'atMs');
  const scenario = { setting: known, given: givenIn(given, known) };
  return { scenario, ...(atMs === undefined ? {} : { atMs: atMs as number }) };
}

/** The fields that a simulated run heeds; whatever else stands there is left out. */
function settingOf({
  system,
  workload,
  cluster,
  seed,
  nodes,
  options,
  faults,
  callTimeoutMs,
  claims,
}: Setting): Setting {
  for (const name of [system, workload, ...faults])
    if (isOwnModule(name) || name.includes(':'))
      throw new BadInput(`${name}: a link names what is built in, and carries no code`);
  if (cluster !== 'simulation') throw new BadInput(`cluster: a page simulates, and starts no ${cluster}`);
  faultNames(faults);
  const { clients, durationMs, ratePerSecond, keys, mix, skew, leaseMs, dawdleMs } = options;
  const more = Object.fromEntries(Object.entries({ skew, leaseMs, dawdleMs }).filter(([, one]) => one !== undefined));
  return {
    ...{ system, workload, cluster, seed, nodes, faults, callTimeoutMs },
    options: { clients, nodes, durationMs, ratePerSecond, keys, mix, ...more },
    ...(claims ? { claims } : {}),
  };
}

const NOTHING: Plan = { calls: [], faults: [], links: { seed: 0, calm: false, odd: {} } };

function givenIn(value: unknown, setting: Setting): Scenario['given'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadInput('given: an object is needed');
  const { calls, faults, links, final } = value as Scenario['given'];
  const given = {
    ...(calls === undefined ? {} : { calls }),
    ...(faults === undefined ? {} : { faults }),
    ...(links === undefined ? {} : { links }),
    ...(final === undefined ? {} : { final }),
  };
  const whole: Plan = { ...NOTHING, ...given };
  readPlan(whole, 'given');
  if (whole.faults.length > MOST.faults || whole.calls.length + (final ?? []).length > MOST.calls)
    throw new BadInput(`given: more than the ${MOST.faults} faults or ${MOST.calls} calls that a page runs`);
  for (const fault of whole.faults) meaningOf(fault);
  refuseUnfit(whole, setting, 'given');
  return given;
}

/** The bytes that come out of a stream into which these go, up to a limit: few bytes can unpack to very many. */
async function through(
  stream: CompressionStream | DecompressionStream,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  const writer = stream.writable.getWriter();
  // What is wrong with the bytes shows where they are read.
  writer
    .write(bytes)
    .then(() => writer.close())
    .catch(() => undefined);
  const reader = stream.readable.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > LONGEST) {
      await reader.cancel();
      throw new BadInput(`the link is longer than the ${LONGEST} characters that a page reads`);
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function base64url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
