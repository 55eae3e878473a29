/**
 * What a run can be told in numbers, and what it is where nobody says: one table that `run`, campaign files, their JSON
 * Schema and the help texts read, so that a campaign of one cell and `run` with the same words are the same experiment.
 */
import { durationText } from './durations.ts';

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
export function helpOf(key: RunKey): string {
  return `${key.says} (default: ${writtenValue(key)})`;
}
