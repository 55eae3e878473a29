/**
 * What a run can be told in numbers, and what it is where nobody says: one table that `run`, campaign files, their JSON
 * Schema and the help texts read, so that a campaign of one cell and `run` with the same words are the same experiment.
 */
import { RHYTHM_NAMES, type RhythmWanted } from '../faults/rhythm.ts';
import { durationText, msOf } from './durations.ts';

export interface RunKey {
  /** As options and campaign files write it: `--time`, `time:`. */
  readonly name: string;
  readonly type: 'count' | 'rate' | 'duration';
  /** In words for help and schema. */
  readonly says: string;
  /** Times in ms. */
  readonly value: number;
}

export const RUN_KEYS = {
  nodes: { name: 'nodes', type: 'count', says: 'how many nodes', value: 3 },
  clients: { name: 'clients', type: 'count', says: 'how many clients', value: 10 },
  durationMs: { name: 'time', type: 'duration', says: 'how long the main phase lasts', value: 10_000 },
  ratePerSecond: { name: 'rate', type: 'rate', says: 'calls a second, of all clients together', value: 200 },
  keys: { name: 'keys', type: 'count', says: 'how many keys', value: 5 },
} as const satisfies Readonly<Record<string, RunKey>>;

/** What a run can be told of how its faults follow each other; where nobody says it follows from the rest. */
export interface RhythmKey {
  readonly name: string;
  readonly type: 'rhythm' | 'duration' | 'span' | 'share';
  readonly says: string;
  /** What it is where nobody says, in words. */
  readonly otherwise: string;
}

export const RHYTHM_KEYS = {
  name: {
    name: 'rhythm',
    type: 'rhythm',
    says: `how faults follow each other: ${RHYTHM_NAMES.join(', ')}`,
    otherwise: 'mixed',
  },
  everyMs: {
    name: 'fault-every',
    type: 'duration',
    says: 'the mean time from one beginning of a fault to the next',
    otherwise: 'a tenth of the time, and at most 5 timeouts',
  },
  forMs: {
    name: 'fault-for',
    type: 'span',
    says: 'how long a fault lasts, at least and at most, as 500ms-5s',
    otherwise: 'from a tenth of that mean time to more than twice it',
  },
  overlap: {
    name: 'overlap',
    type: 'share',
    says: 'the chance, from 0 to 1, that a fault begins while another lasts',
    otherwise: '0.3, and 0 in single',
  },
  quietMs: {
    name: 'quiet',
    type: 'duration',
    says: 'the least time without any fault before the next begins',
    otherwise: 'a seventh of that mean time, in single a third',
  },
  beyond: {
    name: 'beyond',
    type: 'share',
    says: 'the most of the faulty time, from 0 to 1, that may leave a system less than its claim needs',
    otherwise: '0.2',
  },
} as const satisfies Readonly<Record<keyof Required<RhythmWanted>, RhythmKey>>;

/** `500ms-5s`, or a single duration for both, as the least and the most in ms; undefined where it is neither. */
export function spanOf(text: string): readonly [least: number, most: number] | undefined {
  const [least, most, ...more] = text.split('-').map((part) => msOf(part.trim()));
  if (least === undefined || more.length > 0 || !(least > 0)) return undefined;
  if (text.includes('-')) return most !== undefined && most >= least ? [least, most] : undefined;
  return [least, least];
}

/** What a client's wait is called in help and schema: what it is where nobody says depends on cluster and time. */
export const TIMEOUT_SAYS =
  'how long a client waits for an answer (default: 1s, simulated 500ms, and at most a third of the time)';

/** What a run is where nobody says otherwise: the table's values, and how long a client waits for a response. */
export type RunDefaults = Readonly<Record<keyof typeof RUN_KEYS | 'callTimeoutMs', number>>;

/** The table's values, for a cluster in which a client waits so long. */
export function defaultsWith(callTimeoutMs: number): RunDefaults {
  const values = Object.entries(RUN_KEYS).map(([field, { value }]) => [field, value]);
  return { ...(Object.fromEntries(values) as Readonly<Record<keyof typeof RUN_KEYS, number>>), callTimeoutMs };
}

/** How long a client waits where nobody says: a pause must fit into the run and outlast a client's patience. */
export function timeoutFor(durationMs: number, { callTimeoutMs }: RunDefaults): number {
  return Math.min(callTimeoutMs, Math.floor(durationMs / 3));
}

/** The value as a campaign file writes it. */
export function writtenValue({ type, value }: RunKey): number | string {
  return type === 'duration' ? durationText(value) : value;
}

/** `how many nodes (default: 3)`. */
export function helpOf(key: RunKey | RhythmKey): string {
  return `${key.says} (default: ${'otherwise' in key ? key.otherwise : writtenValue(key)})`;
}
