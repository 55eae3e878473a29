/**
 * What the harness adds to a library: small runs (3 nodes, 30 edits, 1 s, one fault), beside the same edits and merges
 * in a plain loop, in processor time. The merges of a run are recorded (all updates that its documents made, took in or
 * were asked for, in their order), and made again without harness, messages, storage and reads. Judging stands by
 * itself. Of PouchDB the loop replicates each edit between three databases in memory.
 * After `npm run libraries`: `node dist/bench/libraries.js [RUNS]`. Exits with 1 where more is added than promised.
 */
import { driveNow } from '../harness/clusters/simulation/drive.ts';
import { inMacrotask } from '../harness/clusters/simulation/macrotask.ts';
import { body, conclude, designSimulation, type Simulated } from '../harness/clusters/simulation/simulate-design.ts';
import { partsOf } from '../harness/explore/trial.ts';
import { libraryDesigns } from '../harness/setting/libraries.ts';
import { loadModule } from '../harness/setting/load-module.ts';
import type { Design } from '../systems/system.ts';
import { type Cell, plannedOf, toleratedFaults } from '../test/systems/cell.ts';
import { workloads } from '../workloads/registry.ts';
import type { Workload } from '../workloads/workload.ts';

/** The part of libraries/document.ts that is used here: that package is compiled by itself. */
interface Library {
  readonly short: string;
  create(editor: { id: number; now(): number }): Doc;
}
interface Doc {
  edit(change: (content: unknown) => void): Uint8Array | undefined;
  apply(update: Uint8Array): Uint8Array | undefined;
  since(version: Uint8Array | undefined): Uint8Array | undefined;
  version(): Uint8Array;
  free(): void;
}

const EDITS = 30;
const FEW = 300;
/** What the harness may add: the larger of this share of the library's own time and so many ms. */
const SHARE = 0.5;
const LEAST_MS = 2;

/** A library whose documents take note of each edit and merge, to be made again on documents of their own. */
class Recorded {
  private readonly steps: ((docs: Doc[]) => unknown)[] = [];
  private made = 0;
  private readonly library: Library;

  constructor(library: Library) {
    this.library = library;
  }

  /** The library to be recorded. */
  get recording(): Library {
    return { ...this.library, create: (editor) => this.create(editor) };
  }

  clear(): void {
    this.steps.length = 0;
    this.made = 0;
  }

  again(): void {
    const docs: Doc[] = [];
    for (const step of this.steps) {
      try {
        step(docs);
      } catch {
        // An edit that was refused then is refused again.
      }
    }
    for (const doc of docs) doc.free();
  }

  private create(editor: { id: number; now(): number }): Doc {
    const { library, steps } = this;
    const at = this.made++;
    let clock = Math.floor(editor.now());
    const doc = library.create(editor);
    steps.push((docs) => docs.push(library.create({ id: editor.id, now: () => ++clock })));
    return {
      ...doc,
      edit(change) {
        steps.push((docs) => docs[at]!.edit(change));
        return doc.edit(change);
      },
      apply(update) {
        steps.push((docs) => docs[at]!.apply(update));
        return doc.apply(update);
      },
      since(version) {
        steps.push((docs) => docs[at]!.since(version));
        return doc.since(version);
      },
      version() {
        steps.push((docs) => docs[at]!.version());
        return doc.version();
      },
    };
  }
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const READS = ['read', 'contains'];

/** Edits alone, one fault of a kind that the seed names. */
function smallRun(system: Design, seed: number): Simulated<Design> {
  const [fitting] = workloads.filter(({ datatype }) => datatype === system.datatype);
  const mix = Object.fromEntries(Object.entries(fitting!.mix).filter(([f]) => !READS.includes(f)));
  const workload: Workload = { ...fitting!, mix };
  const kinds = toleratedFaults(system);
  const size = { nodes: 3, keys: 1, clients: 5, ratePerSecond: EDITS, durationMs: 1000 };
  const cell: Cell = { system, workload, faults: [kinds[seed % kinds.length]!], ...size };
  const { setting, plan } = partsOf(plannedOf(cell, seed));
  const one = { ...plan, faults: plan.faults.slice(0, 1) };
  return { system, workload, setting, plan: one, journal: false, claimsOnly: true };
}

interface Sums {
  running: number;
  judging: number;
  plain: number;
}

/** Makes a run, judges it, and does `again` what the library did in it; adds the processor time of each. */
async function measure(run: Simulated<Design>, sums: Sums, again: () => void | Promise<void>): Promise<void> {
  await inMacrotask(() => {
    const began = processorMs();
    const simulated = designSimulation(run);
    const executed = driveNow(simulated.driven, () => body(run, simulated));
    const ran = processorMs();
    const { result } = conclude(run, simulated, executed);
    sums.running += ran - began;
    sums.judging += processorMs() - ran;
    if (result.verdict === 'invalid') throw new Error(`${run.system.name} is accused: ${result.says}`);
  });
  const before = processorMs();
  await again();
  sums.plain += processorMs() - before;
}

/** Prints the figures. Returns whether the harness added no more than it may. */
function report(name: string, { running, judging, plain }: Sums, runs: number): boolean {
  const added = (running - plain) / runs;
  const allowed = Math.max(LEAST_MS, (SHARE * plain) / runs);
  const kept = added <= allowed;
  console.log(
    `${name}: ${(running / runs).toFixed(2)} ms a run, the library alone ${(plain / runs).toFixed(2)} ms: ` +
      `${added.toFixed(2)} ms added where ${allowed.toFixed(2)} may be${kept ? '' : ', TOO MUCH'}; ` +
      `judging ${(judging / runs).toFixed(2)} ms`,
  );
  return kept;
}

async function ofLibrary(library: Library, shown: string, runs: number): Promise<boolean> {
  const recorded = new Recorded(library);
  const { designsOf } = (await moduleOf('designs')) as { designsOf(library: Library): readonly Design[] };
  const system = designsOf(recorded.recording).find(({ name }) => name === `${library.short}/${shown}`)!;
  const each = async (from: number, count: number, sums: Sums) => {
    for (let seed = from; seed < from + count; seed++) {
      recorded.clear();
      await measure(smallRun(system, seed), sums, () => recorded.again());
    }
  };
  await each(1, 50, { running: 0, judging: 0, plain: 0 });
  const sums = { running: 0, judging: 0, plain: 0 };
  await each(1000, runs, sums);
  return report(system.name, sums, runs);
}

/** The part of PouchDB that is used here. */
interface Pouch {
  readonly PouchDB: (new (
    name: string,
    options: object,
  ) => Database) & {
    replicate(from: Database, to: Database): Promise<unknown>;
  };
}
interface Database {
  put(document: object): Promise<unknown>;
  destroy(): Promise<unknown>;
}

/** Three databases in memory, each edit at one of them and replicated to the others. */
async function replicated({ PouchDB }: Pouch, name: string): Promise<void> {
  const all = [1, 2, 3].map((i) => new PouchDB(`${name} ${i}`, { adapter: 'memory' }));
  for (let n = 0; n < EDITS; n++) {
    const from = all[n % 3]!;
    await from.put({ _id: `k${n}`, value: n });
    for (const to of all) if (to !== from) await PouchDB.replicate(from, to);
  }
  for (const one of all) await one.destroy();
}

async function ofPouch(designs: readonly Design[], runs: number): Promise<boolean> {
  const { loadPouch } = (await moduleOf('pouchdb/modules')) as { loadPouch(): Pouch };
  const pouch = loadPouch();
  const system = designs.find(({ name }) => name === 'pouchdb/map')!;
  const sums = { running: 0, judging: 0, plain: 0 };
  for (let seed = 1; seed <= 10; seed++)
    await measure(smallRun(system, seed), { ...sums }, () => replicated(pouch, `warm ${seed}`));
  for (let seed = 1000; seed < 1000 + runs; seed++)
    await measure(smallRun(system, seed), sums, () => replicated(pouch, `db ${seed}`));
  return report(system.name, sums, runs);
}

const moduleOf = (name: string) => loadModule(new URL(`../../libraries/${name}.ts`, import.meta.url).href);

const [count = FEW, only = '.'] = process.argv.slice(2);
const runs = Number(count);
const all = await libraryDesigns();
const SHOWN = {
  yjs: ['list', 'text', 'map'],
  automerge: ['list', 'map'],
  loro: ['list', 'text', 'map'],
  tinybase: ['map'],
};
let kept = true;
for (const [name, shows] of Object.entries(SHOWN)) {
  const module = await moduleOf(name);
  for (const shown of shows) {
    if (!new RegExp(only).test(`${name}/${shown}`)) continue;
    const library = (name === 'automerge' && shown === 'map' ? module.automergeMaps : module[name]) as Library;
    kept = (await ofLibrary(library, shown, runs)) && kept;
  }
}
if (new RegExp(only).test('pouchdb')) kept = (await ofPouch(all, Math.ceil(runs / 10))) && kept;
process.exitCode = kept ? 0 : 1;
