/**
 * Kills commands at random moments, with the signals that end one, and looks at what is left: processes, temporary
 * folders, and files that a command then refuses or misreads.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { descendantsOf } from '../../harness/clusters/children/process-tree.ts';
import { readCounterexample } from '../../harness/explore/counterexample.ts';
import { commandOf, newPlace, type Place, processesIn, splitbrain, start, until } from './commands.ts';
import { oneOf, type Random } from './spoil.ts';

const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;
/** What a killed harness leaves is gone within this; the machine may be busy. */
const GONE_MS = 20_000;

const CAMPAIGN = {
  ...{ systems: ['quorum/abd', 'quorum/slide'], workloads: ['register'], faults: ['partition', 'crash'], seeds: 3 },
  ...{ time: '600ms', rate: 60 },
};

/** Each command, with files that it needs, made from a sound run and a counterexample. */
export const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'run, simulated': ['run', '--system', 'quorum/slide', '--cluster', 'simulation', '--time', '5s', '--out', 'out'],
  'run, processes': ['run', '--system', 'quorum/abd', '--faults', 'all', '--time', '1s', '--out', 'out'],
  'campaign, simulated': ['campaign', 'simulated.json', '--out', 'out'],
  'campaign, processes': ['campaign', 'processes.json', '--out', 'out'],
  compare: ['compare', 'simulated.json', '--out', 'out'],
  explore: ['explore', '--system', 'quorum/no-write-back', '--runs', '120', '--seed', '1', '--corpus', 'out'],
  replay: ['replay', 'counterexample.json', '--out', 'out'],
  'replay, processes': ['replay', 'counterexample.json', '--cluster', 'processes', '--times', '2'],
  report: ['report', 'stored'],
  shrink: ['shrink', 'stored'],
  check: ['check', 'stored'],
  serve: ['serve', '.', '--port', '0'],
};

/** Makes the files that commands need in a place. */
export async function prepared(): Promise<Place> {
  const place = newPlace();
  const run = ['run', '--system', 'quorum/slide', '--cluster', 'simulation', '--seed', '3', '--time', '2s'];
  await splitbrain([...run, '--faults', 'all', '--out', 'stored'], place);
  await splitbrain(
    ['explore', '--system', 'quorum/no-write-back', '--runs', '150', '--seed', '1', '--corpus', 'found'],
    place,
  );
  const [found] = readdirSync(join(place.cwd, 'found')).filter((name) => name.endsWith('.json'));
  cpSync(join(place.cwd, 'found', found!), join(place.cwd, 'counterexample.json'));
  for (const cluster of ['simulation', 'processes'])
    writeFileSync(
      join(place.cwd, cluster === 'simulation' ? 'simulated.json' : 'processes.json'),
      JSON.stringify({
        ...CAMPAIGN,
        cluster,
        ...(cluster === 'simulation' ? { seeds: 5 } : { systems: ['quorum/abd'], seeds: 2 }),
      }),
    );
  return place;
}

/** Kills the command once, somewhere in the time that it takes; returns what was left, in words. */
export async function killed(
  command: string,
  files: Place,
  tookMs: number,
  random: Random,
): Promise<readonly string[]> {
  const place = newPlace();
  try {
    cpSync(files.cwd, place.cwd, { recursive: true });
    const harness = start(COMMANDS[command]!, place);
    for (const stream of [harness.stdout, harness.stderr]) stream?.resume();
    const over = once(harness, 'close');
    await new Promise((wake) => setTimeout(wake, 30 + random() * tookMs));
    const signal = oneOf(random, SIGNALS);
    const others = descendantsOf(harness.pid ?? 0);
    kill(harness, signal, random);
    await over;
    const what = `${command}, ${signal}`;
    return [...(await leftBehind(place, others, what)), ...(await torn(command, place, what))];
  } finally {
    place.remove();
  }
}

/** With SIGKILL half the time after SIGSTOP: so it is when a machine is out of memory. */
function kill(harness: ChildProcess, signal: NodeJS.Signals, random: Random): void {
  if (signal === 'SIGKILL' && random() < 0.3) harness.kill('SIGSTOP');
  harness.kill(signal);
  // Whoever does not end by it within a moment is asked again, as users do.
  setTimeout(() => harness.kill(signal), 1000).unref();
  setTimeout(() => harness.kill('SIGKILL'), 15_000).unref();
}

async function leftBehind(place: Place, others: readonly number[], what: string): Promise<readonly string[]> {
  const alive = () => [...processesIn(place), ...others.filter(isAlive)];
  const folders = () => readdirSync(place.temporary);
  await until(() => alive().length === 0 && folders().length === 0, GONE_MS);
  return [
    ...alive().map((pid) => `${what}: process ${pid} is left: ${commandOf(pid)}`),
    ...folders().map((name) => `${what}: ${name} is left in the temporary folder`),
  ];
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/stat`) && !/\) Z/.test(commandOf(pid, 'stat'));
}

/** The files that are torn: JSON that is none, counterexamples that are refused, campaigns that cannot be resumed. */
async function torn(command: string, place: Place, what: string): Promise<readonly string[]> {
  const out = join(place.cwd, 'out');
  const broken = filesBelow(place.cwd).flatMap((file) => {
    try {
      if (file.endsWith('.json') && dirOf(file) === 'out' && command === 'explore') readCounterexample(file);
      else if (/\.(json|sarif)$/.test(file)) JSON.parse(readFileSync(file, 'utf8'));
      return [];
    } catch (error) {
      return isCutRun(file) ? [] : [`${what}: ${(error as Error).message} (${file})`];
    }
  });
  if (!existsSync(out)) return broken;
  if (command === 'explore' || command.startsWith('campaign')) {
    const args = COMMANDS[command]!.map((word) => (word === '120' ? '20' : word));
    const { code, stderr } = await splitbrain([...args, '--resume'], place);
    if (code !== 0 && code !== 1 && code !== 2) return [...broken, `${what}: resuming ended with ${code}: ${stderr}`];
  }
  return broken;
}

/** A run that was killed while its end was written has no verdict, and no command takes it for one that has. */
function isCutRun(file: string): boolean {
  return !/^(run|summary|campaign|shard)\.json$/.test(basename(file)) && existsSync(join(file, '../history.jsonl'));
}

const dirOf = (file: string) => basename(join(file, '..'));

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
}

/** How long the command takes where nobody kills it. */
export async function timeOf(command: string, files: Place): Promise<number> {
  if (command === 'serve') return 1500;
  const place = newPlace();
  try {
    cpSync(files.cwd, place.cwd, { recursive: true });
    const began = Date.now();
    await splitbrain(COMMANDS[command]!, place);
    return Date.now() - began;
  } finally {
    place.remove();
  }
}
