/** What a run would cost, before it starts: one that cannot be meant is refused with its price. */
import { BadInput } from '../failure.ts';
import { durationText } from './durations.ts';
import type { Setting } from './plan.ts';

const ANY_SIZE_VARIABLE = 'SPLITBRAIN_ANY_SIZE';

/** From here on no run of this process is too large. */
export function allowAnySize(): void {
  process.env[ANY_SIZE_VARIABLE] = '1';
}

/** About a minute of a simulated run; with processes, all that a harness can hold of its plan in 1 GB. */
const MOST_EVENTS = 5_000_000;
const MOST_CALLS = 5_000_000;
const MOST_CHILDREN = 50;
/** A call to each node and its answer, twice, and what a client sees of it. */
const EVENTS_A_CALL = 4;
const EVENTS_A_CALL_AND_NODE = 6;
/** What nodes say to each other without being asked. */
const EVENTS_A_PAIR_AND_SECOND = 20;

/** Throws `BadInput` with the price of a run that is larger than anybody means it to be, unless that was allowed. */
export function refuseTooLarge({ cluster, nodes, options }: Setting): void {
  const { durationMs, ratePerSecond } = options;
  if (process.env[ANY_SIZE_VARIABLE] === '1') return;
  const seconds = durationMs / 1000;
  const calls = ratePerSecond * seconds;
  const events =
    calls * (EVENTS_A_CALL + EVENTS_A_CALL_AND_NODE * nodes.length) +
    nodes.length ** 2 * seconds * EVENTS_A_PAIR_AND_SECOND;
  if (cluster === 'processes' && nodes.length > MOST_CHILDREN)
    throw new BadInput(
      `${nodes.length} nodes are as many processes of 60 MB, and more than ${MOST_CHILDREN} are not started unasked: lower --nodes, or add --yes`,
    );
  const [price, most, what] = cluster === 'simulation' ? [events, MOST_EVENTS, 'events'] : [calls, MOST_CALLS, 'calls'];
  if (price <= most) return;
  throw new BadInput(
    `${nodes.length} nodes, ${ratePerSecond} calls a second and a time of ${durationText(durationMs)} make about ${large(price)} ${what}, and more than ${large(most)} are not made unasked: shorten --time, lower --rate or --nodes, or add --yes`,
  );
}

function large(count: number): string {
  return count >= 1e6
    ? `${Number((count / 1e6).toPrecision(3)).toLocaleString('en')} million`
    : String(Math.round(count));
}
