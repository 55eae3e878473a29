/** All hostile inputs of files, made from sound ones that lie in the repository or are written here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Journal } from '../../harness/explore/journal.ts';
import { search } from '../../harness/explore/search.ts';
import { runPrepared } from '../../harness/running/run.ts';
import { prepare } from '../../harness/setting/setting.ts';
import { newFolder, storeRun } from '../../harness/store/store.ts';
import { judgeFile } from '../fuzz/files.ts';
import { ROOT } from './commands.ts';
import { type Attack, campaignFiles, counterexamples, expectationFiles, journals, runFolders } from './files.ts';
import { below } from './spoil.ts';

const SYSTEMS = join(ROOT, 'systems');

const CAMPAIGNS = [
  `systems: [quorum/abd, quorum/slide]
workloads: [register]
faults: [none, partition, [crash, link]]
seeds: 3
cluster: simulation
time: 3s
rate: 60
claims:
  - { model: linearizable, under: [partition], recovers: 2s }
expectations:
  - { system: quorum/slide, anomalies: [stale-read], reason: known, expires: 2099-01-01 }
budget: { time: 10m, runs: 20 }
`,
  JSON.stringify({ systems: ['mvcc/si'], faults: ['all'], seeds: 2, nodes: 3, clients: 4, keys: 2, timeout: '500ms' }),
];

/** Every kind of hostile file, by name; what they need is made in this folder. */
export async function attacks(folder: string): Promise<Readonly<Record<string, Attack>>> {
  const examples = readdirSync(SYSTEMS, { recursive: true, encoding: 'utf8' })
    .filter((name) => /counterexamples.*\.json$/.test(name))
    .map((name) => readFileSync(join(SYSTEMS, name), 'utf8'));
  const searching = { subjects: [{ system: 'quorum/no-write-back', workload: 'register' }], strategy: 'portfolio' };
  return {
    histories: async (random) => (judgeFile(below(random, 2 ** 31)) === 'judged' ? 'used' : 'refused'),
    counterexamples: counterexamples(examples),
    'folders of runs': runFolders(await storedRun(join(folder, 'run')), join(folder, 'hostile-run')),
    'campaign files': campaignFiles(CAMPAIGNS, join(folder, 'campaigns')),
    expectations: expectationFiles([{ system: 'a/b', anomalies: ['x'], reason: 'y', seed: 3, expires: '2030-01-01' }]),
    'journals of searches': journals(
      await journalText(join(folder, 'search'), searching),
      join(folder, 'hostile-search'),
      {
        ...{ ...searching, verify: false, seed: 1 },
      },
    ),
  };
}

async function storedRun(path: string): Promise<string> {
  const options = { durationMs: 1500, ratePerSecond: 40 };
  const prepared = await prepare({ system: 'quorum/slide', cluster: 'simulation', seed: 3, faults: ['all'], options });
  const stored = storeRun(newFolder(path, 'run'), prepared);
  stored.finish(await runPrepared(prepared, { sink: (line) => stored.sink(line) }), 'splitbrain run');
  return path;
}

async function journalText(
  folder: string,
  searching: {
    readonly subjects: readonly { readonly system: string; readonly workload: string }[];
    readonly strategy: string;
  },
): Promise<string> {
  const what = { ...searching, verify: false, seed: 1 };
  const { journal } = Journal.open(folder, what, false);
  await search({ ...what, journal, runs: 60, threads: 1, stopAtFirst: false });
  const text = readFileSync(join(folder, 'search.jsonl'), 'utf8');
  journal.close(true);
  return text;
}
