/** Refuses rhythms that cannot be, and those that leave a run without the faults that were asked for. */
import { BadInput } from '../failure.ts';
import { RHYTHM_NAMES, type RhythmWanted } from '../faults/rhythm.ts';
import type { Plan, Setting } from './plan.ts';
import { unknownName } from './suggestions.ts';

/** Throws `BadInput` for what no rhythm can be. */
export function refuseRhythm({ name = 'mixed', everyMs, forMs, overlap, quietMs, beyond }: RhythmWanted): void {
  if (!RHYTHM_NAMES.includes(name)) throw new BadInput(unknownName('rhythm', String(name), RHYTHM_NAMES));
  const positive = (what: string, ms: number | undefined) => {
    if (ms !== undefined && !(ms > 0 && Number.isFinite(ms)))
      throw new BadInput(`${what} is a time above 0, not ${ms} ms`);
  };
  const share = (what: string, value: number | undefined) => {
    if (value !== undefined && !(value >= 0 && value <= 1))
      throw new BadInput(`${what} is a share from 0 to 1, not ${value}`);
  };
  positive('the time from one fault to the next', everyMs);
  positive('the least that a fault lasts', forMs?.[0]);
  positive('the most that a fault lasts', forMs?.[1]);
  if (forMs && forMs[0] > forMs[1])
    throw new BadInput(`a fault cannot last at least ${forMs[0]} ms and at most ${forMs[1]} ms`);
  share('the chance of an overlap', overlap);
  share('what may go beyond a claim', beyond);
  if (quietMs !== undefined && !(quietMs >= 0)) throw new BadInput(`quiet is a time from 0 on, not ${quietMs} ms`);
  const unheeded = Object.entries({ overlap, quiet: quietMs, beyond }).find(([, value]) => value !== undefined);
  if (name === 'storm' && unheeded)
    throw new BadInput(`a storm does not heed --${unheeded[0]}: its faults fall anywhere. Take --rhythm mixed`);
}

/** Throws `BadInput` where faults were asked for and there was no time for a single one. */
export function refuseNoTime({ faults, leftOut = [] }: Plan, { options }: Setting): void {
  if (faults.length > 0 || leftOut.length === 0) return;
  throw new BadInput(
    `in ${options.durationMs} ms there is no time for a fault (${leftOut.join(', ')}): ` +
      'lengthen --time, or shorten --timeout, --fault-for or --quiet',
  );
}
