/** How far the clocks of nodes are ahead, as the database itself tells the time. */
import type { Database, Host } from '../../../databases/database.ts';
import { within } from './within.ts';

/** How long a node may take to tell the time. */
const ANSWER_MS = 1000;
/** One that counts seconds only is asked so often, so far apart, until it is known well enough. */
const LOOKS = 12;
const PAUSE_MS = 80;
const ENOUGH_MS = 100;

/** What an offset lies between, in ms. */
type Bounds = readonly [least: number, most: number];

/**
 * The offset of a node's clock in ms; 0 where it may be none, as far as can be told; nothing where
 * nobody tells. `looks` bounds how often it is asked, which only those are that count in steps.
 */
export async function offsetOf(
  { clock, clockStepMs = 0 }: Pick<Database, 'clock' | 'clockStepMs'>,
  host: Host,
  looks = LOOKS,
): Promise<number | undefined> {
  if (!clock) return undefined;
  let known: Bounds | undefined;
  for (let look = 0; look < looks; look++) {
    if (look > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const bounds = await boundsBy(clock, clockStepMs, host);
    if (!bounds) return known && middleOf(known);
    known = known ? [Math.max(known[0], bounds[0]), Math.min(known[1], bounds[1])] : bounds;
    if (clockStepMs === 0 || known[1] - known[0] <= ENOUGH_MS) break;
  }
  return known && middleOf(known);
}

/** The node tells its time at some moment of the question, and rounds it to the middle of a step. */
async function boundsBy(
  clock: NonNullable<Database['clock']>,
  stepMs: number,
  host: Host,
): Promise<Bounds | undefined> {
  const askedMs = Date.now();
  const told = await within(ANSWER_MS, clock(host));
  if (told === undefined || !Number.isFinite(told)) return undefined;
  // Our own time is counted in whole ms, rounded down.
  return [told - stepMs / 2 - (Date.now() + 1), told + stepMs / 2 - askedMs];
}

function middleOf([least, most]: Bounds): number {
  return least <= 0 && most >= 0 ? 0 : (least + most) / 2;
}
