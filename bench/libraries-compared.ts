/**
 * Writes docs/libraries-compared.md: libraries beside designs of ours, measured by simulated runs.
 * After `npm run libraries`:
 * `node dist/bench/libraries-compared.js [--seed 1] [--runs 40] [--probes 20] [--only PATTERN] [--rows FILE]`.
 * With --only it prints the page of the designs that match and writes nothing. With --rows each row is kept in FILE
 * once it is measured, and the same command continues there.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { libraryDesigns } from '../harness/setting/libraries.ts';
import { loadModule } from '../harness/setting/load-module.ts';
import { linesIn } from '../harness/store/lines.ts';
import { systems } from '../systems/registry.ts';
import type { Design } from '../systems/system.ts';
import { EDITS } from './compared/edits.ts';
import { type Measured, page } from './compared/page.ts';
import { convergesIn, losesIn, trafficOf, verdictsOf } from './compared/probes.ts';
import { encodedSize, type Library, weighed } from './compared/sizes.ts';

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '40' },
    probes: { type: 'string', default: '20' },
    only: { type: 'string' },
    rows: { type: 'string' },
  },
});
const [seed, runs, probes] = [flags.seed, flags.runs, flags.probes].map(Number) as [number, number, number];
const ROOT = new URL('../../', import.meta.url);

/** Ours, beside each datatype's libraries. */
const OURS = ['rga/op', 'lww-map/state', 'or-set/state', 'mv-register/state', 'pn-counter/state'];
const NAMES = ['yjs', 'automerge', 'loro', 'tinybase'];
const BASE = /^(yjs|automerge|loro|tinybase|pouchdb)\/[a-z]+$/;
const WAYS = /^yjs\/list(-exchange|-server|-batch|-memory|-unstored|-told-once)$/;

const seeds = (count: number) => Array.from({ length: count }, (_, i) => seed + i);

const designs = await libraryDesigns();
const libraries = new Map<string, readonly Library[]>();
for (const name of NAMES) {
  const module = await loadModule(new URL(`libraries/${name}.ts`, ROOT).href);
  libraries.set(
    name,
    Object.values(module as object).filter((one): one is Library => typeof one === 'object' && 'create' in one),
  );
}

async function sizeOf(system: Design): Promise<number | undefined> {
  const { name, library } = system;
  const [short, shown] = name.split('/') as [string, string];
  if (library === undefined) return (await weighed(system, seed)).state;
  if (short === 'pouchdb') return (await weighed(system, seed)).disk;
  const [size] = libraries.get(short)!.flatMap((one) => encodedSize(one, shown, seed) ?? []);
  return size;
}

async function measured(system: Design): Promise<Measured> {
  const { name, datatype, flaw } = system;
  const edits = EDITS.find((one) => one.datatype === datatype)!;
  const converges: (number | undefined)[] = [];
  const losses = [];
  for (const one of seeds(probes)) {
    converges.push(await convergesIn(system, edits, one));
    losses.push(await losesIn(system, edits, one));
  }
  const verdicts = await verdictsOf(system, seeds(runs));
  const isWay = WAYS.test(name);
  const one = {
    ...{ name, datatype: String(datatype), verdicts, converges, losses },
    traffic: await trafficOf(system, edits, seed),
    size: isWay ? undefined : await sizeOf(system),
  };
  console.error(`${name}: ${verdicts.valid} valid, ${verdicts.unknown} unknown, ${verdicts.accused.length} accused`);
  if (!flaw) for (const says of verdicts.accused) console.error(`  ${says}`);
  return one;
}

/** Rows that were measured before, by the command and the design. */
const known = new Map(
  flags.rows && existsSync(flags.rows)
    ? [...linesIn(flags.rows)].map(({ text }) => {
        const [key, row] = JSON.parse(text) as [key: string, row: Measured];
        return [key, { ...row, converges: row.converges.map((time) => time ?? undefined) }] as const;
      })
    : [],
);

async function rowOf(system: Design): Promise<Measured> {
  const key = `${seed} ${runs} ${probes} ${system.name}`;
  const row = known.get(key) ?? (await measured(system));
  if (flags.rows && !known.has(key)) appendFileSync(flags.rows, `${JSON.stringify([key, row])}\n`);
  return row;
}

async function all(some: readonly Design[]): Promise<readonly Measured[]> {
  const rows: Measured[] = [];
  for (const system of some)
    if (!flags.only || new RegExp(flags.only).test(system.name)) rows.push(await rowOf(system));
  return rows;
}

const inOrder = EDITS.flatMap(({ datatype }) => [
  ...designs.filter((one) => one.datatype === datatype && !one.flaw && BASE.test(one.name)),
  ...systems.filter((one) => one.datatype === datatype && OURS.includes(one.name)),
]);
const { dependencies } = JSON.parse(readFileSync(new URL('libraries/package.json', ROOT), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};
const versions = ['yjs', '@automerge/automerge', 'loro-crdt', 'tinybase', 'pouchdb-core']
  .map((name) => `${name} ${dependencies[name]}`)
  .join(', ');
const command = `node dist/bench/libraries-compared.js --seed ${seed} --runs ${runs} --probes ${probes}`;
const text = page({
  ...{ command, seed, runs, probes, versions },
  rows: await all(inOrder),
  ways: await all(designs.filter(({ name }) => WAYS.test(name))),
});
if (flags.only) console.log(text);
else writeFileSync(fileURLToPath(new URL('docs/libraries-compared.md', ROOT)), text);
