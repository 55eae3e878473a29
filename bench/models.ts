/**
 * Writes `models.json`: for each pair of models of a datatype the smallest history that the one allows and the other
 * forbids, out of all small ones, each judged by every model's own test. Shows each history that a model allows and
 * a weaker one forbids, and fails then.
 *
 *     node dist/bench/models.js [--short] [DATATYPE...]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NEVER, type Operation } from 'elle-ts';
import { piecesOf, severalModels, type Told, tellApart } from '../test/checkers/canonical/pairs.ts';

const FILE = fileURLToPath(new URL('../../models.json', import.meta.url));
/** Datatypes by name; none for all. `--short` leaves out what takes minutes. */
const named = process.argv.slice(2).filter((name) => name !== '--short');
const isShort = process.argv.includes('--short');
const before: Record<string, unknown> = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};

/** An operation as it is written: without what the clock said, and without an end where there is none. */
function written({ process: number, node, f, key, input, outcome, start, end }: Operation): unknown {
  const said = outcome.type === 'ok' ? { output: outcome.output } : {};
  return { process: number, node, f, key, input, type: outcome.type, ...said, start, end: end === NEVER ? null : end };
}

/** The histories, each once with the pairs that it tells apart. */
function historiesOf({ witnesses }: Told): unknown[] {
  const histories = new Map<string, { operations: unknown[]; apart: Record<string, string[]> }>();
  for (const [pair, { history }] of witnesses) {
    const [allows, forbids] = pair.split(' ') as [string, string];
    const operations = history.map(written);
    const text = JSON.stringify(operations);
    const entry = histories.get(text) ?? { operations, apart: {} };
    entry.apart[allows] = [...(entry.apart[allows] ?? []), forbids].sort();
    histories.set(text, entry);
  }
  return [...histories.values()];
}

/** A history a line. */
function textOf(table: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(table).map(([type, of]) => {
    const { tried, histories } = of as { tried: unknown; histories: readonly unknown[] };
    const lines = histories.map((one) => JSON.stringify(one)).join(',\n');
    return `${JSON.stringify(type)}:{"tried":${JSON.stringify(tried)},"histories":[\n${lines}]}`;
  });
  return `{${parts.join(',\n')}}\n`;
}

for (const datatype of severalModels.filter(({ name }) => named.length === 0 || named.includes(name))) {
  const began = process.cpuUsage();
  const pieces = piecesOf(datatype.name).filter(({ long }) => !(long && isShort));
  const told = tellApart(datatype, pieces, (says) =>
    console.log(`${says} (${Math.round(process.cpuUsage(began).user / 1e6)} s)`),
  );
  for (const line of told.contradictions) {
    console.log(`contradiction in ${datatype.name}: ${line}`);
    process.exitCode = 1;
  }
  before[datatype.name] = { tried: told.tried, histories: historiesOf(told) };
  const sorted = severalModels.flatMap(({ name }) => (name in before ? [[name, before[name]]] : []));
  writeFileSync(FILE, textOf(Object.fromEntries(sorted)));
}
