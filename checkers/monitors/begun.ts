/**
 * Nothing is shown before an update that may have caused it had begun:
 * the rule of every datatype that is judged in real time, in one place.
 */
import type { Anomaly } from '../checker.ts';
import type { Columns } from '../history.ts';
import { anomaly, say, short } from './findings.ts';
import { certainlyBegunBy, hadBegunBy, NO_REAL_TIME } from './real-time.ts';

/** The words for a datatype's update: nobody `did` it, `doing` it failed, nobody began `to` do it. */
export interface Deed {
  readonly did: string;
  readonly doing: string;
  readonly to: string;
}

export const ADDED: Deed = { did: 'added it', doing: 'adding it', to: 'add it' };
export const WROTE: Deed = { did: 'wrote it', doing: 'writing it', to: 'write it' };
export const PUT_IN: Deed = { did: 'put it in', doing: 'putting it in', to: 'put it in' };

/**
 * What may have caused a value: rows of updates that did not fail,
 * in the order of their starts, and of one that did (-1 for none).
 */
export interface Origin {
  readonly begun: readonly number[];
  readonly failed: number;
}

/**
 * What is wrong with an observation that shows the `copies`-th copy of a value,
 * if by its end fewer updates had begun that may have caused it. `shows`
 * begins the sentence: "A read shows 3". O(1), and the copies where it is wrong.
 */
export function baseless(
  columns: Columns,
  deed: Deed,
  shows: string,
  observation: number,
  { begun, failed }: Origin,
  copies = 1,
): Anomaly | undefined {
  const needed = begun[copies - 1];
  if (needed !== undefined && hadBegunBy(columns, needed, observation)) return undefined;
  const before = begun.filter((row) => hadBegunBy(columns, row, observation));
  if (before.length > 0) {
    const rows = [...before, observation];
    const message = `${shows} ${times(copies)}, and only ${times(before.length)} had any client begun to ${deed.to}.`;
    return anomaly(columns, 'duplicate', message, rows, told(columns, rows));
  }
  const [first] = begun;
  const rows = first !== undefined ? [observation, first] : failed >= 0 ? [failed, observation] : [observation];
  const why =
    first !== undefined
      ? ` before any client began to ${deed.to}`
      : failed >= 0
        ? `, but ${deed.doing} had failed`
        : `, but no client ${deed.did}`;
  return anomaly(columns, 'unexpected', `${shows}${why}.`, rows, told(columns, rows));
}

/** Whether only real time could tell that what an observation shows had begun, and the history has none. */
export function untimed(columns: Columns, { begun }: Origin, observation: number): boolean {
  return !columns.realTime && !begun.some((row) => certainlyBegunBy(columns, row, observation));
}

/** Why a history without real time is not affirmed where this observation may have come before what it shows. */
export function untimedReason(columns: Columns, observation: number): string {
  return `${NO_REAL_TIME}, so it is unknown whether what it shows had begun by the end of ${say(columns, observation)}`;
}

/** How often, in words. */
export function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${short(count)} times`;
}

function told(columns: Columns, rows: readonly number[]): readonly string[] {
  return rows.slice(0, 8).map((row) => say(columns, row));
}
