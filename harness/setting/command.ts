import { durationText } from './durations.ts';
import type { Prepared } from './prepared.ts';

/** The command line that makes the same plan again: it names no option that the workload would not heed. */
export function commandOf({ setting, workload: { heeds } }: Pick<Prepared, 'setting' | 'workload'>): string {
  const { system, workload, faults, nodes, options, seed, cluster, callTimeoutMs, fsync, claims } = setting;
  const mix = Object.entries(options.mix).map((share) => share.join('='));
  const flags = [
    ['system', shellWord(system)],
    ['workload', shellWord(workload)],
    ['faults', faults.length > 0 ? shellWord(faults.join(',')) : 'none'],
    ['nodes', nodes.length],
    ['clients', options.clients],
    ['time', durationText(options.durationMs)],
    ['rate', options.ratePerSecond],
    ...(heeds.includes('keys') ? [['keys', options.keys]] : []),
    ...(options.skew === undefined ? [] : [['skew', options.skew]]),
    ...(heeds.includes('mix') ? [['mix', mix.join(',')]] : []),
    ['timeout', durationText(callTimeoutMs)],
    ['seed', seed],
    ['cluster', cluster],
  ];
  const said = flags.map(([flag, value]) => `--${flag} ${value}`).join(' ');
  const held = claims ? ` --claims '${JSON.stringify(claims)}'` : '';
  return `splitbrain run ${said}${fsync ? ' --fsync' : ''}${held}`;
}

/** A word as a shell takes it for itself: in quotes where it has blanks or characters that mean something there. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-][\w@%+=:,./#-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
