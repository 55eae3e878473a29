/** `splitbrain conform`: whether a database's adapter keeps what the harness relies on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { type Database, isDatabase } from '../databases/database.ts';
import { conform } from '../harness/clusters/databases/conform/conform.ts';
import { CHECKS, checksNamed, type Line } from '../harness/clusters/databases/conform/line.ts';
import { BadInput } from '../harness/failure.ts';
import { runPrepared } from '../harness/running/run.ts';
import { prepare, type Wanted, withNetwork } from '../harness/setting/setting.ts';
import { sourceOf, systemFrom } from '../harness/setting/sources.ts';
import { unknownName } from '../harness/setting/suggestions.ts';
import { colour } from './colour.ts';
import { executable } from './executable.ts';
import { EXIT } from './exit.ts';

interface ConformFlags {
  readonly only?: string;
  readonly program?: Readonly<Record<string, string>>;
  readonly network?: Wanted['network'];
  readonly json?: true;
}

const EXAMPLE = `
Examples:
  $ splitbrain conform etcd
  $ splitbrain conform ./my-redis.mjs --only C14

The checks:
${Object.entries(CHECKS)
  .map(([id, says]) => `  ${id.padEnd(5)} ${says}`)
  .join('\n')}

Exit code: 0 none failed, 1 one did, 254 bad arguments, 255 the harness failed.`;

/** How long the healthy run lasts. */
const HEALTHY_MS = 10_000;

export function conformCommand(): Command {
  return new Command('conform')
    .description('check the adapter of a database: that faults do what they say, and that it tells the truth')
    .argument('<name>', 'a database, or a module of your own: ./my.js#export')
    .option('--only <checks>', 'these alone, as C3,C14')
    .option(
      '--program <name=path>',
      'an executable of the database: a path, or npm:VERSION of one in the cache; again for others',
      executable,
    )
    .option('--network <kind>', 'what cuts its links: proxies or namespaces (default: its first)')
    .option('--json', 'print the lines as JSON and nothing else')
    .addHelpText('after', EXAMPLE)
    .action(async (name: string, flags: ConformFlags) => {
      process.exitCode = await run(name, flags);
    });
}

async function run(name: string, { only, program: programs, network, json }: ConformFlags): Promise<number> {
  const database = await databaseFrom(name, network);
  const wanted = checksNamed(only?.split(',').map((id) => id.trim()) ?? []);
  if (typeof wanted === 'string') throw new BadInput(unknownName('check', wanted, Object.keys(CHECKS)));
  const folder = mkdtempSync(join(tmpdir(), 'conform-'));
  try {
    const lines = await conform({
      ...{ database, programs, wanted },
      runCommand: commandFor(
        name,
        { ...(programs ? { programs } : {}), ...(network ? { network } : {}) },
        join(folder, 'run'),
      ),
      healthyRun: async () => {
        const options = { durationMs: HEALTHY_MS, ...promptFor(database) };
        const wanted = {
          system: name,
          faults: [],
          seed: 1,
          options,
          ...(programs ? { programs } : {}),
          ...(network ? { network } : {}),
        };
        return (await runPrepared(await prepare(wanted))).result;
      },
      tell: (line) => {
        if (!json) process.stdout.write(`${textOf(line)}\n`);
      },
    });
    if (json) process.stdout.write(`${JSON.stringify(lines)}\n`);
    else process.stdout.write(`${summaryOf(lines)}\n`);
    return lines.some(({ verdict }) => verdict === 'failed') ? EXIT.refuted : EXIT.held;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Nor is a holder healthy that dawdles beyond its lease. */
const promptFor = ({ datatype }: Database) => (datatype === 'lease-lock' ? { leaseMs: 2000, dawdleMs: 1 } : {});

async function databaseFrom(name: string, network: Wanted['network']): Promise<Database> {
  const system = withNetwork(await systemFrom(sourceOf(name)), network);
  if (!isDatabase(system)) throw new BadInput(`${system.name} is no database: its nodes are our own processes`);
  return system;
}

/** This command line again, for a run that lasts longer than anybody lets it. */
function commandFor(name: string, { programs = {}, network }: Pick<Wanted, 'programs' | 'network'>, out: string) {
  const chosen = Object.entries(programs).flatMap(([program, path]) => ['--program', `${program}=${path}`]);
  if (network !== undefined) chosen.push('--network', network);
  const args = ['run', '--system', name, '--faults', 'none', '--time', '10m', '--rate', '1', '--out', out, ...chosen];
  return [process.execPath, ...process.execArgv, process.argv[1]!, ...args] as const;
}

const MARKS = { passed: colour('green', '✓'), failed: colour('red', '✗'), skipped: colour('yellow', '-') };

function textOf({ id, verdict, detail }: Line): string {
  return `${MARKS[verdict]} ${id.padEnd(4)} ${CHECKS[id]}\n       ${verdict === 'skipped' ? 'skipped: ' : ''}${detail}`;
}

function summaryOf(lines: readonly Line[]): string {
  const count = (verdict: Line['verdict']) => lines.filter((line) => line.verdict === verdict).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
}
