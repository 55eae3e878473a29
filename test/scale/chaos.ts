/**
 * Kills workers, server and coordinator of one campaign in turn, each with SIGKILL, and compares the result with the
 * same campaign made here. The server keeps nothing on disk: every kill of it forgets all that it held. When to kill
 * is told by the journal, and never by a clock: each kill waits until it has grown.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runCampaign } from '../../harness/campaign/campaign.ts';
import { parseMatrix } from '../../harness/campaign/file.ts';
import type { Summary, SummaryRun } from '../../harness/campaign/summary.ts';
import { answering, built, freePort, MAIN, Started, serverWords, until } from './servers.ts';

const CAMPAIGN = {
  ...{ systems: ['quorum/abd', 'quorum/no-write-back'], workloads: ['register'], faults: ['partition', 'crash'] },
  ...{ seed: 1, cluster: 'simulation', nodes: 3, clients: 9, keys: 4, time: '1s', rate: 150, timeout: '500ms' },
};
/** Each at least twice, but for one worker. */
export const NINE = ['w1', 'server', 'coordinator', 'w2', 'server', 'w1', 'coordinator', 'w2', 'server'] as const;
type Victim = (typeof NINE)[number];

export interface Survived {
  readonly planned: number;
  readonly lines: number;
  readonly distinct: number;
  readonly identical: number;
  readonly kills: number;
  readonly exit: number | undefined;
  readonly queued: Summary;
  readonly local: Summary;
  /** Runs that workers made more than once. */
  readonly madeTwice: number;
}

/** Four cells with so many seeds each; at least so many runs are counted between two of these kills. */
export async function chaos(
  folder: string,
  seeds: number,
  between: number,
  victims: readonly Victim[] = NINE,
): Promise<Survived> {
  mkdirSync(folder, { recursive: true });
  const file = { ...CAMPAIGN, seeds };
  writeFileSync(join(folder, 'c.json'), JSON.stringify(file));
  const url = `redis://127.0.0.1:${await freePort()}`;
  const worker = [MAIN, 'worker', '--queue', url, '--threads', '1', '--lease', '3s', '--json'];
  const campaign = [MAIN, 'campaign', 'c.json', '--queue', url, '--slice', '10', '--resume', '--out', 'c', '--json'];
  const commands: Readonly<Record<string, readonly [command: string, words: readonly string[]]>> = {
    server: ['redis-server', serverWords(Number(new URL(url).port), folder)],
    w1: [process.execPath, worker],
    w2: [process.execPath, worker],
    coordinator: [process.execPath, campaign],
  };
  const started = new Started();
  let made = 0;
  let exit: number | undefined;
  const start = (name: string) => {
    const [command, words] = commands[name]!;
    const child = started.start(name, command, words, folder);
    if (name.startsWith('w'))
      child.stdout!.on('data', (data) => {
        for (const [, runs] of String(data).matchAll(/"runs":(\d+)/g)) made += Number(runs);
      });
    else child.stdout!.resume();
    child.stderr!.resume();
    child.on('exit', (code, signal) => {
      if (name === 'coordinator' && signal === null) exit = code ?? undefined;
    });
  };
  const journal = join(folder, 'c/runs.jsonl');
  const lines = () => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 1 : 0);
  let kills = 0;
  try {
    start('server');
    await answering(Number(new URL(url).port));
    for (const name of ['w1', 'w2', 'coordinator']) start(name);
    for (const victim of victims) {
      const before = lines();
      await until(() => exit !== undefined || lines() >= before + between, `${before + between} runs before ${victim}`);
      if (exit !== undefined) break;
      started.kill(victim);
      kills++;
      start(victim);
    }
    await until(() => exit !== undefined, 'the coordinator has ended');
  } finally {
    started.end();
  }
  const { summary: local } = await runCampaign(parseMatrix(file, 'c.json'), {
    ...{ command: '', out: join(folder, 'local'), keep: 'none', parallel: 2 },
    worker: built('cli/campaign-worker.js'),
  });
  const runsIn = (name: string) => {
    const text = readFileSync(join(folder, name, 'runs.jsonl'), 'utf8').trim();
    return text.split('\n').map((line) => (JSON.parse(line) as { run: SummaryRun }).run);
  };
  const strip = ({ ms: _, ...run }: SummaryRun) => JSON.stringify(run);
  const queued = runsIn('c');
  const byId = new Map(queued.map((run) => [run.id, strip(run)]));
  return {
    ...{ planned: local.planned, lines: queued.length, distinct: byId.size, kills, exit, local },
    identical: runsIn('local').filter((run) => byId.get(run.id) === strip(run)).length,
    queued: JSON.parse(readFileSync(join(folder, 'c/summary.json'), 'utf8')) as Summary,
    madeTwice: made - queued.length,
  };
}

/** All of these kills happened, each run counts once, and the verdict is that of one machine. */
export function expectEveryRunOnce({ planned, queued, local, exit, kills, ...counts }: Survived, asked: number): void {
  expect(kills).toBe(asked);
  expect(counts).toMatchObject({ lines: planned, distinct: planned, identical: planned });
  expect(JSON.stringify(queued.cells)).toBe(JSON.stringify(local.cells));
  expect(JSON.stringify(queued.figures)).toBe(JSON.stringify(local.figures));
  // quorum/no-write-back is broken on purpose and nothing expects what it shows.
  expect(exit).toBe(1);
}
