/** Times and faults that are easier to read than those that were drawn: what shrinking tries in their place. */
import type { Fault } from '../faults/fault.ts';
import { meaningOf } from '../faults/meanings.ts';

/** Times that are easier to read, the best first: zero, hundreds, tens. */
export function rounderTimes(ms: number): readonly number[] {
  const rounder = [
    0,
    Math.floor(ms / 1000) * 1000,
    Math.floor(ms / 100) * 100,
    Math.ceil(ms / 100) * 100,
    Math.round(ms / 10) * 10,
  ];
  return [...new Set(rounder)].filter((time) => time < ms || (time % 10 === 0 && ms % 10 !== 0));
}

const PLAIN_LENGTHS = [50, 100, 200, 500, 1000];

/** The same fault with rounder times, and one plain effect where it had several. */
export function simplerFaults(fault: Fault): readonly Fault[] {
  const times = rounderTimes(fault.fromMs).map((fromMs) => ({
    ...fault,
    fromMs,
    toMs: fromMs + (fault.toMs - fault.fromMs),
  }));
  const length = fault.toMs - fault.fromMs;
  // A length that is plain already is never made longer, or two of them could take turns for ever.
  const rounder = PLAIN_LENGTHS.includes(length) ? [] : [100, 10].filter((step) => length % step !== 0);
  const longer = rounder.map((step) => Math.ceil(length / step) * step);
  const lengths = [...PLAIN_LENGTHS.filter((ms) => ms < length), ...longer].map((ms) => ({
    ...fault,
    toMs: fault.fromMs + ms,
  }));
  return [...meaningOf(fault).simpler(fault), ...lengths, ...times];
}
