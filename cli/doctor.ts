/** `splitbrain doctor`: what this machine can do to real software, which of it is here, and what helps. */
import { spawnSync } from 'node:child_process';
import { release, userInfo } from 'node:os';
import { Command } from 'commander';
import { counted } from 'elle-ts';
import type { Database } from '../databases/database.ts';
import { databases } from '../databases/registry.ts';
import { type Capability, capabilities } from '../harness/clusters/capabilities.ts';
import { sweep } from '../harness/clusters/children/marks.ts';
import { cachedVersions, executablesOf, installationOf } from '../harness/clusters/databases/executables.ts';
import { BadInput, HarnessFailure } from '../harness/failure.ts';
import { version } from '../harness/store/version.ts';
import { agrees } from './agrees.ts';
import { typed } from './called.ts';
import { colour } from './colour.ts';
import { executable } from './executable.ts';
import { EXIT } from './exit.ts';

const EXAMPLE = `
Examples:
  $ splitbrain doctor
  $ splitbrain doctor --json
  $ splitbrain doctor --install postgres=npm:14.3.0-beta.6

Exit code: 0, whatever is missing; with --install 254 bad arguments, 255 npm failed, or was not to be asked.`;

/** Databases that need the same programs, and whether these are here. */
interface Programs {
  readonly databases: readonly string[];
  /** By name: its version, and where it is. */
  readonly found?: Readonly<Record<string, { readonly version: string; readonly path: string }>>;
  /** What is missing, and what installs it. */
  readonly missing?: string;
  /** Other versions that `--program` takes. */
  readonly cached: readonly string[];
}

interface DoctorFlags {
  readonly json?: true;
  readonly install?: Readonly<Record<string, string>>;
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say which faults this machine can make, which databases are here, and what helps')
    .option('--json', 'print JSON and nothing else')
    .option(
      '--install <name=npm:version>',
      'put a version into the cache by npm, once you say yes (--yes says so before); again for others',
      executable,
    )
    .addHelpText('after', EXAMPLE)
    .action(async ({ json, install }: DoctorFlags, command: Command) => {
      const { yes } = command.optsWithGlobals<{ readonly yes?: true }>();
      if (install) await installAll(install, yes === true);
      const { processes, folders } = sweep();
      const told = { machine: machine(), faults: capabilities(), databases: programs(), swept: { processes, folders } };
      process.stdout.write(json ? `${JSON.stringify(told)}\n` : textOf(told));
      process.exitCode = EXIT.held;
    });
}

/** One after the other, each after a yes. */
async function installAll(install: Readonly<Record<string, string>>, yes: boolean): Promise<void> {
  const commands = Object.entries(install).flatMap(([program, choice]) => {
    const args = installationOf(databases, program, choice);
    return args ? [args] : [];
  });
  for (const args of commands) {
    const says = `npm ${args.join(' ')}`;
    if (!yes && !(await agrees(says, 'Run this?')))
      throw new HarnessFailure(`not installed, as the question was not answered with yes: ${says}`);
    const { status, error } = spawnSync('npm', args, { stdio: ['ignore', process.stderr.fd, process.stderr.fd] });
    if (status !== 0) throw new HarnessFailure(`${says} failed${error ? `: ${error.message}` : ''}`);
  }
}

function machine() {
  const { platform, arch, version: node } = process;
  return { splitbrain: version, node, platform, arch, kernel: release(), user: nameOfUser() };
}

function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

function programs(): readonly Programs[] {
  const groups = new Map<string, Database[]>();
  for (const database of databases) {
    const needs = Object.keys(database.programs).join(' ');
    groups.set(needs, [...(groups.get(needs) ?? []), database]);
  }
  return [...groups.values()].map(programsOf);
}

function programsOf(group: readonly Database[]): Programs {
  const names = group.map(({ name }) => name);
  const cached = [...new Set(Object.values(group[0]!.programs).flatMap(cachedVersions))];
  try {
    const found = [...executablesOf(group[0]!)].map(([name, { version, path }]) => [name, { version, path }] as const);
    return { databases: names, found: Object.fromEntries(found), cached };
  } catch (error) {
    if (error instanceof BadInput) return { databases: names, missing: error.message, cached };
    throw error;
  }
}

const YES = colour('green', '✓');
const NO = colour('red', '✗');

interface Told {
  readonly machine: ReturnType<typeof machine>;
  readonly faults: readonly Capability[];
  readonly databases: readonly Programs[];
  readonly swept: ReturnType<typeof sweep>;
}

function textOf({ machine, faults, databases, swept }: Told): string {
  const { splitbrain, node, platform, arch, kernel, user } = machine;
  const left = swept.processes + swept.folders;
  return [
    `splitbrain ${splitbrain}, Node.js ${node}, ${platform} ${kernel} on ${arch}, as ${user}`,
    ...(left > 0
      ? [
          `ended and removed what runs had left: ${counted(swept.processes, 'process', 'processes')}, ${counted(swept.folders, 'folder')}`,
        ]
      : []),
    '',
    'faults of databases',
    ...groupsOf(faults).flatMap(({ names, by, better, whyNot }) => [
      `  ${by === undefined ? NO : YES} ${names.join(', ')}: ${by ?? whyNot}`,
      ...(better === undefined ? [] : [`      ${better}`]),
    ]),
    '',
    'databases',
    ...databases.flatMap(programLines),
    '',
    typed('Designs and programs need none of this: splitbrain list systems.'),
    '',
  ].join('\n');
}

/** Faults that are made in one way, or cannot be made for one reason, in one line. */
function groupsOf(faults: readonly Capability[]) {
  const groups = new Map<string, Omit<Capability, 'fault' | 'kind'> & { readonly names: string[] }>();
  for (const { fault, kind, ...how } of faults) {
    const key = JSON.stringify([kind, how]);
    const group = groups.get(key) ?? { names: [], ...how };
    groups.set(key, group);
    group.names.push(fault);
  }
  return [...groups.values()];
}

function programLines({ databases, found, missing, cached }: Programs): readonly string[] {
  const more = cached.length > 0 ? [`      in the cache, for --program: ${cached.join(', ')}`] : [];
  if (!found) return [`  ${NO} ${databases.join(', ')}`, `      ${missing}`, ...more];
  const lines = Object.entries(found).map(([name, { version, path }]) => `      ${name}: ${version} (${path})`);
  return [`  ${YES} ${databases.join(', ')}`, ...lines, ...more];
}
