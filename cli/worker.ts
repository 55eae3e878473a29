/** `splitbrain worker`: makes runs for campaigns and searches that were begun elsewhere, until it is stopped. */
import { Command } from 'commander';
import { entry } from '../harness/entry.ts';
import { brokerAt } from '../harness/queue/broker.ts';
import { LEASE_MS, work } from '../harness/queue/working.ts';
import { EXIT, UsageError } from './exit.ts';
import { duration, wholeNumber } from './numbers.ts';
import { queueNamed } from './queue-named.ts';
import { writeReport } from './write-report.ts';

interface WorkerFlags {
  readonly queue?: string | true;
  readonly threads?: number;
  readonly lease?: number;
  readonly store?: string;
  readonly json?: true;
}

const EXAMPLE = `
Examples:
  $ splitbrain worker --queue redis://queue.internal:6379
  $ SPLITBRAIN_QUEUE=rediss://:PASSWORD@queue.internal:6379 splitbrain worker --store /mnt/results

Works for campaign --queue and explore --queue of the same version and code, in the same checkout where they name
modules of your own. Ctrl+C ends it once what it has begun is done; however it ends, no run is lost.

A process that can write to the server can have modules on this machine's disk loaded, and can answer for other workers: let
nothing else reach it (a password, ACLs, rediss://).`;

export function workerCommand(): Command {
  return new Command('worker')
    .description('make runs for campaigns and searches on other machines')
    .option('--queue [url]', 'the Redis or Valkey server, as redis://host:6379 (default: what SPLITBRAIN_QUEUE says)')
    .option('--threads <n>', 'runs at the same time (default: one a core)', wholeNumber('--threads'))
    .option(
      '--lease <duration>',
      `a worker that is gone is noticed by others after this (default: ${LEASE_MS / 1000}s)`,
      lease,
    )
    .option('--store <folder>', 'leave the folders of runs with processes here: a folder that all machines share')
    .option('--json', 'a line of JSON for each piece of work')
    .addHelpText('after', EXAMPLE)
    .action(async (flags: WorkerFlags) => {
      process.exitCode = await serve(flags);
    });
}

/** Whoever is busy starting threads for so long must not be taken for dead. */
const LEAST_LEASE_MS = 1_000;

function lease(text: string): number {
  const ms = duration('--lease')(text);
  if (ms < LEAST_LEASE_MS)
    throw new UsageError('--lease is 1s at least: a worker that is merely busy would be taken for dead');
  return ms;
}

async function serve({ queue = true, threads, lease: leaseMs, store, json }: WorkerFlags): Promise<number> {
  const address = queueNamed(queue);
  const note = (says: string) => process.stderr.write(`note: ${says}\n`);
  const broker = await brokerAt(address, { waits: true, note });
  let made = 0;
  const stop = work(broker, {
    ...(threads ? { threads } : {}),
    ...(leaseMs === undefined ? {} : { leaseMs }),
    ...(store === undefined ? {} : { store }),
    campaignWorker: entry('campaign-worker'),
    searchWorker: entry('search-worker'),
    onRun: writeReport,
    onTask(done) {
      made += done.runs;
      if (json) process.stdout.write(`${JSON.stringify(done)}\n`);
    },
    onTrouble: note,
  });
  process.stderr.write(`working on ${broker.shown}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await stop();
  await broker.close();
  process.stderr.write(`${made} runs made\n`);
  return EXIT.held;
}
