/** `splitbrain doctor`: what this machine can do to real software, which of it is here, and what helps. */
import { release, userInfo } from 'node:os';
import { Command } from 'commander';
import { counted } from 'elle-ts';
import type { Database } from '../databases/database.ts';
import { databases } from '../databases/registry.ts';
import { type Capability, capabilities } from '../harness/clusters/capabilities.ts';
import { sweep } from '../harness/clusters/children/marks.ts';
import { cachedVersions, executablesOf } from '../harness/clusters/databases/executables.ts';
import { BadInput } from '../harness/failure.ts';
import { version } from '../harness/store/version.ts';
import { typed } from './called.ts';
import { colour } from './colour.ts';
import { EXIT } from './exit.ts';

const EXAMPLE = `
Examples:
  $ splitbrain doctor
  $ splitbrain doctor --json

Exit code: 0, whatever is missing.`;

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

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say which faults this machine can make, which databases are here, and what helps')
    .option('--json', 'print JSON and nothing else')
    .addHelpText('after', EXAMPLE)
    .action(({ json }: { readonly json?: true }) => {
      const { processes, folders } = sweep();
      const told = { machine: machine(), faults: capabilities(), databases: programs(), swept: { processes, folders } };
      process.stdout.write(json ? `${JSON.stringify(told)}\n` : textOf(told));
      process.exitCode = EXIT.held;
    });
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
    ...groupsOf(faults).map(({ names, by, whyNot }) => {
      return `  ${by === undefined ? NO : YES} ${names.join(', ')}: ${by ?? whyNot}`;
    }),
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
  const groups = new Map<string, { names: string[]; by: string | undefined; whyNot: string | undefined }>();
  for (const { fault, kind, by, whyNot } of faults) {
    const key = JSON.stringify([kind, by, whyNot]);
    const group = groups.get(key) ?? { names: [], by, whyNot };
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
