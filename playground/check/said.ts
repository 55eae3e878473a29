/** What a reader typed, as the options of `check`. */
import type { HistoryOptions } from '../../harness/checking/check-source.ts';
import { mapping } from '../../harness/checking/names.ts';
import type { Said } from './protocol.ts';

/** What was chosen. Throws `BadInput` where what was typed means nothing. */
export function optionsOf(said: Said): HistoryOptions {
  const { type, models, format, processKey, initial, nullUnknown } = said;
  const pairs = said.map.split(/[\s,]+/).filter((pair) => pair !== '');
  return {
    map: pairs.reduce((before, pair) => mapping(pair, before), [] as HistoryOptions['map']),
    ...(type === '' ? {} : { type }),
    ...(format === '' ? {} : { format }),
    ...(processKey === '' ? {} : { processKey }),
    ...(initial === '' ? {} : { initial }),
    ...(nullUnknown ? { assumeNullUnknown: true } : {}),
    ...(models.length === 0 ? {} : { models }),
  };
}
