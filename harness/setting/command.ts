import type { RhythmWanted } from '../faults/rhythm.ts';
import { durationText } from './durations.ts';
import type { ProgramSetting, Setting } from './plan.ts';
import type { Prepared } from './prepared.ts';
import { isProgramSource, programSourceOf } from './program-text.ts';
import { RHYTHM_KEYS } from './run-keys.ts';

/** The command line that makes the same plan again: it names no option that the workload would not heed. */
export function commandOf({ setting, workload: { heeds } }: Pick<Prepared, 'setting' | 'workload'>): string {
  const { system, workload, faults, nodes, options, seed, cluster, callTimeoutMs, fsync, claims, rhythm, maelstrom } =
    setting;
  const mix = Object.entries(options.mix).map((share) => share.join('='));
  const program = isProgramSource(system) ? programSourceOf(system) : undefined;
  const flags = [
    ...(program
      ? [
          ['bin', shellWord(program.command)],
          ['workload', program.dialect],
        ]
      : [
          ['system', shellWord(system)],
          ['workload', shellWord(workload)],
        ]),
    ['faults', faults.length > 0 ? shellWord(faults.join(',')) : 'none'],
    ['nodes', program && nodes[0] !== 'n0' ? nodes.join(',') : nodes.length],
    ['clients', options.clients],
    ['time', durationText(options.durationMs)],
    ['rate', options.ratePerSecond],
    ...(heeds.includes('keys') ? [['keys', options.keys]] : []),
    ...(options.maxTxnLength === undefined ? [] : [['max-txn-length', options.maxTxnLength]]),
    ...(options.maxWritesPerKey === undefined ? [] : [['max-writes-per-key', options.maxWritesPerKey]]),
    ...programFlags(maelstrom),
    ...(options.skew === undefined ? [] : [['skew', options.skew]]),
    ...(options.leaseMs === undefined ? [] : [['lease', durationText(options.leaseMs)]]),
    ...(options.dawdleMs === undefined ? [] : [['dawdle', durationText(options.dawdleMs)]]),
    ...(heeds.includes('mix') ? [['mix', mix.join(',')]] : []),
    ...rhythmFlags(rhythm ?? {}),
    ['timeout', durationText(callTimeoutMs)],
    ['seed', seed],
    ['cluster', cluster],
  ];
  const said = flags.map(([flag, value]) => `--${flag} ${value}`).join(' ');
  const held = claims ? ` --claims '${JSON.stringify(claims)}'` : '';
  const programs = Object.entries(setting.programs ?? {}).map((choice) => ` --program ${shellWord(choice.join('='))}`);
  const args = program && program.args.length > 0 ? ` -- ${program.args.map(shellWord).join(' ')}` : '';
  const exits = maelstrom?.exitsAreCrashes ? ' --exits-are-crashes' : '';
  return `splitbrain run ${said}${fsync ? ' --fsync' : ''}${exits}${databaseFlags(setting)}${programs.join('')}${held}${args}`;
}

/** What only databases are run with. */
function databaseFlags({ network, disk }: Setting): string {
  return `${network === undefined ? '' : ` --network ${network}`}${disk === undefined ? '' : ` --disk ${disk}`}`;
}

function programFlags({ topology, seqLag, latency }: ProgramSetting = {}): (readonly [string, string | number])[] {
  return [
    ...(topology === undefined ? [] : [['topology', topology] as const]),
    ...(seqLag === undefined ? [] : [['seq-lag', seqLag] as const]),
    ...(latency ? [['latency', latency.meanMs] as const, ['latency-dist', latency.shape] as const] : []),
  ];
}

/** What was said of the rhythm. */
function rhythmFlags(rhythm: RhythmWanted): readonly (readonly [flag: string, value: number | string])[] {
  const fields = Object.keys(RHYTHM_KEYS) as (keyof typeof RHYTHM_KEYS)[];
  return fields.flatMap((field) => {
    const value = rhythm[field];
    const { name, type } = RHYTHM_KEYS[field];
    if (value === undefined) return [];
    if (typeof value === 'object') return [[name, value.map(durationText).join('-')]];
    return [[name, type === 'duration' ? durationText(value as number) : (value as number | string)]];
  });
}

/** A word as a shell takes it for itself: in quotes where it has blanks or characters that mean something there. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-][\w@%+=:,./#-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
