/** What commands that run programs take for them: our own words, and those of Maelstrom's command line. */
import { type Command, Option } from 'commander';
import { defaultClaim } from '../harness/clusters/programs/dialects.ts';
import { TOPOLOGIES, type TopologyName } from '../harness/clusters/programs/topology.ts';
import { kindsOfNames } from '../harness/faults/draw.ts';
import type { Latency } from '../harness/faults/fate.ts';
import { shellWord } from '../harness/setting/command.ts';
import type { ProgramSetting } from '../harness/setting/plan.ts';
import { programText } from '../harness/setting/program-text.ts';
import { unknownName } from '../harness/setting/suggestions.ts';
import { type Claim, FAULT_KINDS, type FaultKind } from '../systems/system.ts';
import { UsageError } from './exit.ts';
import { number, share, wholeNumber } from './numbers.ts';

export interface ProgramFlags {
  readonly system?: string;
  readonly bin?: string;
  readonly workload?: string;
  readonly faults?: string;
  readonly claims?: string;
  readonly tolerates?: string;
  readonly consistencyModels?: string;
  readonly availability?: string;
  readonly models?: string;
}

/** The same, where single runs are made. */
export interface RunProgramFlags extends ProgramFlags {
  readonly topology?: string;
  readonly seqLag?: number;
  readonly exitsAreCrashes?: true;
  readonly latency?: number;
  readonly latencyDist?: string;
  readonly nemesis?: string;
  readonly testCount?: string;
}

/** Adds what every command that runs programs takes. */
export function addProgramOptions(command: Command): Command {
  return addClaimedOfPrograms(command).argument('[args...]', 'the arguments of the program, after --');
}

/** The same without the program's arguments, for a command that has others. */
export function addClaimedOfPrograms(command: Command): Command {
  return command
    .option('--bin <path>', "a program that speaks Maelstrom's protocol; words after -- are its arguments")
    .option('--tolerates <kinds>', 'with --bin: kinds of fault under which the program keeps its promise')
    .option('--consistency-models <names>', 'with --bin: what it promises, in place of its workload’s model')
    .option('--availability <share>', 'with --bin: total, or the share of all calls that it answers, as 0.95')
    .addOption(new Option('--models <names>').hideHelp());
}

/** Adds what only single runs take. */
export function addProgramRunOptions(command: Command): Command {
  return command
    .option('--topology <name>', `with --bin: who is whose neighbour: ${TOPOLOGIES.join(', ')} (default: grid)`)
    .option('--latency <ms>', 'with --bin: how long messages between nodes take (default: 0)', number('--latency'))
    .option('--latency-dist <shape>', 'with --bin: constant, uniform or exponential (default: constant)')
    .option('--seq-lag <n>', 'with --bin: how many changes seq-kv may lag behind', wholeNumber('--seq-lag'))
    .option('--exits-are-crashes', 'with --bin: a program that ends by itself starts again after a second')
    .option('--log-stderr', 'with --bin: show what programs write to stderr')
    .addOption(new Option('--nemesis <names>').hideHelp())
    .addOption(new Option('--test-count <n>').hideHelp())
    .addOption(new Option('--log-net-send').hideHelp())
    .addOption(new Option('--log-net-recv').hideHelp());
}

/** The system that is named: one by its name, or a program with its workload and arguments. Throws `UsageError`. */
export function systemNamed({ system, bin, workload }: ProgramFlags, args: readonly string[]): string {
  if (system !== undefined && bin !== undefined)
    throw new UsageError('--system and --bin exclude each other: a run has one system');
  if (bin === undefined) {
    if (args.length > 0) throw new UsageError(`${args[0]} is no option: only a program (--bin) has arguments`);
    if (system === undefined)
      throw new UsageError(
        'a system is needed: --system NAME (splitbrain list systems), --system ./my.mjs#export or --bin ./program',
      );
    return system;
  }
  if (workload === undefined)
    throw new UsageError("--bin needs --workload, one of Maelstrom's: echo, broadcast, lin-kv, kafka, ...");
  return programText({ dialect: workload, command: bin, args });
}

/** The words that name a program and what it is held to, to be typed again; its arguments come at the end. */
export function wordsOfProgram(flags: ProgramFlags): readonly string[] {
  const { bin, workload, tolerates, availability } = flags;
  const said = {
    bin,
    workload,
    tolerates,
    'consistency-models': flags.consistencyModels ?? flags.models,
    availability,
  };
  return Object.entries(said).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${shellWord(value)}`],
  );
}

/** What the program is held to, where the command line says anything of it. Throws `UsageError`. */
export function claimsSaid(flags: ProgramFlags, usual: readonly FaultKind[] | undefined): readonly Claim[] | undefined {
  const { bin, workload, tolerates, availability } = flags;
  const models = flags.consistencyModels ?? flags.models;
  if (tolerates === undefined && models === undefined && availability === undefined) return undefined;
  if (bin === undefined || workload === undefined)
    throw new UsageError(
      '--tolerates, --consistency-models and --availability are of programs (--bin): take --claims for others',
    );
  const claim = defaultClaim(workload);
  const under = tolerates === undefined ? (usual ?? claim.under) : kindsIn(tolerates);
  const named = models === undefined ? [claim.model] : models.split(/[\s,]+/).filter((name) => name !== '');
  const answered = availability === undefined ? {} : { answered: answeredShare(availability) };
  return named.map((model) => ({ ...claim, model, under, ...answered }));
}

/** `total`, or a number from 0 to 1. */
function answeredShare(text: string): number {
  return text === 'total' ? 1 : share('--availability')(text);
}

/** The kinds of fault behind names of faults and kinds. */
function kindsIn(text: string): readonly FaultKind[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '' && name !== 'none');
  return [...new Set(names.flatMap((name) => kindsNamed(name === 'kill' ? 'crash' : name)))];
}

function kindsNamed(name: string): readonly FaultKind[] {
  const kind = FAULT_KINDS.find((one) => one === name);
  if (kind) return [kind];
  const kinds = kindsOfNames([name]);
  if (kinds.length === 0) throw new UsageError(unknownName('kind of fault', name, FAULT_KINDS));
  return kinds;
}

/** The kinds of fault that are asked for. */
export function kindsAsked(faults: string | undefined): readonly FaultKind[] | undefined {
  return faults === undefined ? undefined : kindsOfNames(faultsIn(faults));
}

/** Names of faults as `--faults` or `--nemesis` lists them; Maelstrom's `kill` is a crash. */
export function faultsIn(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  return names.map((name) => (name === 'kill' ? 'crash' : name));
}

/** What only programs are run with. Throws `UsageError`. */
export function programSettingOf(flags: RunProgramFlags): ProgramSetting | undefined {
  const { bin, topology, seqLag, exitsAreCrashes, latency, latencyDist, testCount } = flags;
  if (testCount !== undefined)
    throw new UsageError(
      `--test-count is not of run: write a campaign with seeds: ${testCount}, and run splitbrain campaign`,
    );
  const shape = shapeOf(latencyDist);
  const setting: ProgramSetting = {
    ...(topology === undefined ? {} : { topology: topologyNamed(topology) }),
    ...(seqLag === undefined ? {} : { seqLag }),
    ...(exitsAreCrashes ? { exitsAreCrashes } : {}),
    ...(latency === undefined || latency === 0 ? {} : { latency: { meanMs: latency, shape } }),
  };
  if (Object.keys(setting).length === 0) return undefined;
  if (bin === undefined) throw new UsageError(`--${Object.keys(setting)[0]} is of programs (--bin) alone`);
  return setting;
}

function topologyNamed(name: string): TopologyName {
  const one = TOPOLOGIES.find((topology) => topology === name);
  if (one) return one;
  throw new UsageError(unknownName('topology', name, TOPOLOGIES));
}

const SHAPES = ['constant', 'uniform', 'exponential'] as const;

function shapeOf(name: string | undefined): Latency['shape'] {
  if (name === undefined) return 'constant';
  const one = SHAPES.find((shape) => shape === name);
  if (one) return one;
  throw new UsageError(unknownName('distribution of latencies', name, SHAPES));
}
