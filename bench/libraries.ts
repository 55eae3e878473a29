/**
 * What the harness adds to a library: small runs (3 nodes, 30 edits, 1 s, faults) of each library's lists or maps,
 * beside the same edits and merges in a plain loop, in processor time; and what 10,000 edits weigh.
 * After `npm run libraries`: `node dist/bench/libraries.js [RUNS]`.
 */
import { inMacrotask } from '../harness/clusters/simulation/macrotask.ts';
import { libraryDesigns } from '../harness/setting/libraries.ts';
import { loadModule } from '../harness/setting/load-module.ts';
import type { Design } from '../systems/system.ts';
import { type Cell, runOnce, toleratedFaults } from '../test/systems/cell.ts';
import { workloads } from '../workloads/registry.ts';

/** The part of libraries/document.ts that is used here: that package is compiled by itself. */
interface Library {
  readonly short: string;
  create(editor: { id: number; now(): number }): Doc;
  readonly list?: { insert(content: unknown, at: number, values: readonly string[]): void };
  readonly map?: { set(content: unknown, key: string, value: string): void };
}
interface Doc {
  edit(change: (content: unknown) => void): Uint8Array | undefined;
  apply(update: Uint8Array): unknown;
  since(version: undefined): Uint8Array | undefined;
  free(): void;
}

const EDITS = 30;
const FEW = 300;

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function edit(library: Library, doc: Doc, n: number): Uint8Array | undefined {
  return doc.edit((content) =>
    library.list
      ? library.list.insert(content, n % 7 > n ? 0 : n % 7, [String(n)])
      : library.map?.set(content, `k${n % 5}`, String(n)),
  );
}

/** Three documents, each edit at one of them and merged into the others. */
function plainly(library: Library, clock: () => number): void {
  const docs = [11, 12, 13].map((id) => library.create({ id, now: clock }));
  for (let n = 0; n < EDITS; n++) {
    const update = edit(library, docs[n % 3]!, Math.floor(n / 3));
    for (const doc of docs) if (update && doc !== docs[n % 3]) doc.apply(update);
  }
  for (const doc of docs) doc.free();
}

async function measured(library: Library, system: Design, runs: number): Promise<void> {
  const workload = workloads.find(({ datatype }) => datatype === system.datatype)!;
  const cell: Cell = {
    system,
    workload,
    faults: toleratedFaults(system),
    nodes: 3,
    keys: 1,
    clients: 5,
    ratePerSecond: EDITS,
    durationMs: 1000,
  };
  let clock = 1_000_000;
  const now = () => ++clock;
  const each = async (count: number, task: (i: number) => void): Promise<number> => {
    const before = processorMs();
    for (let i = 0; i < count; i++) await inMacrotask(() => task(i));
    return (processorMs() - before) / count;
  };
  const run = (seed: number) => {
    const { result } = runOnce(cell, seed);
    if (result.verdict === 'invalid') throw new Error(`seed ${seed} accuses a sound system: ${result.says}`);
  };
  await each(30, run);
  await each(30, () => plainly(library, now));
  const ours = await each(runs, (i) => run(1000 + i));
  const plain = await each(runs, () => plainly(library, now));
  console.log(
    `${system.name}: ${ours.toFixed(2)} ms a run, ${(ours - plain).toFixed(2)} ms of it the harness and its judging; the library alone ${plain.toFixed(2)} ms`,
  );
}

function weigh(library: Library): void {
  let clock = 1_000_000;
  const doc = library.create({ id: 11, now: () => ++clock });
  let bytes = 0;
  for (let n = 0; n < 10_000; n++) bytes += edit(library, doc, n)?.length ?? 0;
  const size = doc.since(undefined)?.length ?? 0;
  console.log(
    `  10,000 edits: ${(bytes / 10_000).toFixed(0)} bytes an update, ${(size / 1000).toFixed(0)} kB altogether`,
  );
  doc.free();
}

const runs = Number(process.argv[2] ?? FEW);
const designs = await libraryDesigns();
for (const name of ['yjs', 'automerge', 'loro', 'tinybase']) {
  const { [name]: library } = (await loadModule(new URL(`../../libraries/${name}.ts`, import.meta.url).href)) as Record<
    string,
    Library
  >;
  const system = designs.find((one) => one.name === `${name}/${library!.list ? 'list' : 'map'}`)!;
  await measured(library!, system, runs);
  weigh(library!);
}
